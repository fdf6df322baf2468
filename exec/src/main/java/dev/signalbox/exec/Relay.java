package dev.signalbox.exec;

import java.lang.reflect.InvocationHandler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on signals that this process gets to a command that stands in for it, from its opening until it is closed: those that
 * come before the command has been started wait for it. Thread-safe.
 *
 * <p>The JDK's only means is {@code sun.misc.Signal}, which it supports but warns about, and we treat warnings as errors; so it is
 * called by name.
 */
final class Relay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final Map<String, Integer> SIGNALS =
            Map.of("HUP", Libc.SIGHUP, "INT", Libc.SIGINT, "TERM", Libc.SIGTERM);

    private static final List<Relay> OPEN = new ArrayList<>();
    private static final Map<String, Object> BEFORE = new LinkedHashMap<>();

    private final List<Integer> early = new ArrayList<>();
    private @Nullable Run run;

    private Relay() {}

    static Relay open() {
        synchronized (Relay.class) {
            Relay relay = new Relay();
            OPEN.add(relay);
            if (OPEN.size() == 1) {
                SIGNALS.forEach(Relay::take);
            }
            return relay;
        }
    }

    /** Passes on what has come so far, and what will come. */
    void to(Run started) {
        synchronized (Relay.class) {
            run = started;
            early.forEach(started::signal);
            early.clear();
        }
    }

    /** Signals that came for a command that could not be started are forgotten: its caller is told of that instead. */
    @Override
    public void close() {
        synchronized (Relay.class) {
            OPEN.remove(this);
            if (OPEN.isEmpty()) {
                BEFORE.forEach(Relay::restore);
                BEFORE.clear();
            }
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

    private static void pass(int number) {
        synchronized (Relay.class) {
            OPEN.forEach(relay -> relay.get(number));
        }
    }

    private void get(int number) {
        if (run == null) {
            early.add(number);
        } else {
            run.signal(number);
        }
    }
}
