// A heap that is full: what is kept leaves next to nothing for what comes and goes.
public class FullHeap {
    public static void main(String[] arguments) {
        var kept = new java.util.ArrayDeque<byte[]>();
        try {
            while (true) kept.add(new byte[1000]);
        } catch (OutOfMemoryError full) {
            for (int i = kept.size() / 50; i > 0; i--) kept.poll();
        }
        while (true) {
            kept.poll();
            kept.add(new byte[1000]);
        }
    }
}
