# A loop that waits for a file without a pause.
import os

while not os.path.exists("/nonexistent"):
    pass
