# A client of memcached that sets and gets, one request after the other.
import socket

link = socket.create_connection(("127.0.0.1", 21211))
answers = link.makefile("rb")
number = 0
while True:
    number += 1
    key = b"key%d" % (number % 50000)
    link.sendall(b"set %s 0 0 500\r\n%s\r\nget %s\r\n" % (key, b"x" * 500, key))
    while answers.readline() != b"END\r\n":
        pass
