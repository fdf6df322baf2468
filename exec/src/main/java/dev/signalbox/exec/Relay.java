package dev.signalbox.exec;

import java.lang.reflect.InvocationHandler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on signals that this process gets to the commands that stand in for it. Thread-safe.
 *
 * <p>The JDK's only means is {@code sun.misc.Signal}, which it supports but warns about, and we treat warnings as errors; so it is
 * called by name.
 */
final class Relay {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final Map<String, Integer> SIGNALS =
            Map.of("HUP", Libc.SIGHUP, "INT", Libc.SIGINT, "TERM", Libc.SIGTERM);

    private static final List<Run> RUNS = new ArrayList<>();
    private static final Map<String, Object> BEFORE = new LinkedHashMap<>();

    private Relay() {}

    /** From now on, until {@link #remove}. */
    static synchronized void add(Run run) {
        RUNS.add(run);
        if (RUNS.size() == 1) {
            SIGNALS.forEach(Relay::take);
        }
    }

    static synchronized void remove(Run run) {
        RUNS.remove(run);
        if (RUNS.isEmpty()) {
            BEFORE.forEach(Relay::restore);
            BEFORE.clear();
        }
    }

    private static void take(String name, int number) {
        InvocationHandler pass = (_, _, _) -> {
            pass(number);
            return null;
        };
        try {
            var type = Class.forName("sun.misc.SignalHandler");
            var handler =
                    java.lang.reflect.Proxy.newProxyInstance(Relay.class.getClassLoader(), new Class<?>[] {type}, pass);
            BEFORE.put(name, handle(name, handler));
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            // With -Xrs the JVM leaves signals to the system: they end this process, and its shutdown the command.
            LOG.debug("signal {} cannot be passed on", name, e);
        }
    }

    private static void restore(String name, Object handler) {
        try {
            handle(name, handler);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the handler of signal " + name + " cannot be put back", e);
        }
    }

    private static Object handle(String name, Object handler) throws ReflectiveOperationException {
        var signal = Class.forName("sun.misc.Signal");
        var type = Class.forName("sun.misc.SignalHandler");
        return signal.getMethod("handle", signal, type)
                .invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
    }

    private static synchronized void pass(int number) {
        RUNS.forEach(run -> run.signal(number));
    }
}
