# Two processes that compute for a third, job after job.
import multiprocessing

if __name__ == "__main__":
    with multiprocessing.Pool(2) as pool:
        while True:
            pool.map(sum, [range(10**6)] * 40)
