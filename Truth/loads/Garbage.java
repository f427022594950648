import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;

/** A service that serves from four threads: short-lived objects, some that stay, and a pause. */
public class Garbage {
    public static void main(String[] arguments) {
        var pool = Executors.newFixedThreadPool(4);
        for (int worker = 0; worker < 4; worker++) pool.submit(Garbage::serve);
    }

    private static void serve() {
        Map<Integer, String> kept = new HashMap<>();
        try {
            for (int request = 0;; request++) {
                var answer = new StringBuilder();
                for (int i = 0; i < 2000; i++) answer.append(request * i);
                kept.put(request % 1000, answer.substring(0, 200));
                if (request % 20 == 0) Thread.sleep(2);
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }
}
