// Workers that take jobs from a channel, with garbage to collect.
package main

import (
	"sort"
	"time"
)

func main() {
	jobs := make(chan []int)
	for i := 0; i < 4; i++ {
		go func() {
			for job := range jobs {
				sort.Ints(job)
			}
		}()
	}
	for seed := 1; ; seed++ {
		job := make([]int, 20000)
		for i := range job {
			seed = seed*1103515245 + 12345
			job[i] = seed
		}
		jobs <- job
		time.Sleep(2 * time.Millisecond)
	}
}
