# A client that asks for a page again and again.
import urllib.request

while True:
    urllib.request.urlopen("http://127.0.0.1:8080/page").read()
