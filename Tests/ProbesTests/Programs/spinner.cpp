/// The same chain in C++: a template in a namespace, a method, a function.

extern "C" void dump_on_signal(const char *path, char **environment);

#define FRAME __attribute__((noinline))
#define STAY __asm__ volatile("" ::: "memory")

namespace app {

template <typename Item> struct Queue {
    Item last;
    FRAME Item pop(Item count) {
        Item sum = 0;
        for (Item index = 0; index < count; index++) {
            sum = sum * 31 + index;
            STAY;
        }
        return sum;
    }
};

FRAME long consume(Queue<long> &queue, long count) {
    queue.last = queue.pop(count);
    STAY;
    return queue.last;
}

}  // namespace app

int main(int count, char **arguments, char **environment) {
    if (count > 1) dump_on_signal(arguments[1], environment);
    app::Queue<long> queue = {0};
    for (;;) {
        app::consume(queue, 1000);
        STAY;
    }
}
