# A transaction for each row.
import sqlite3

database = sqlite3.connect("rows.db")
database.execute("create table rows (number)")
while True:
    database.execute("insert into rows values (1)")
    database.commit()
