package dev.signalbox.exec;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forwards signals that this process gets to a command that stands in for it, from its opening until it is closed: those that
 * come before the command has been started wait for it. Thread-safe.
 *
 * <p>A signal that this process ignores stays ignored, and the command inherits that: so it is under nohup, and with SIGINT for what a
 * script starts with {@code &}.
 *
 * <p>The JDK's only means is {@code sun.misc.Signal}, which it supports but warns about, and we treat warnings as errors; so it is
 * called by name.
 */
final class SignalForwarder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SignalForwarder.class);

    /**
     * All that can be caught, but for signals that tell this process of a fault or a descriptor of its own (ABRT, BUS, CHLD, PIPE, SYS,
     * TRAP, TTIN, TTOU, URG, XFSZ and more). QUIT stays with the JVM, which does not give it away.
     */
    private static final Set<String> FORWARDED = Set.of(
            "ALRM", "CONT", "HUP", "INT", "IO", "PROF", "PWR", "TERM", "TSTP", "USR1", "USR2", "VTALRM", "WINCH",
            "XCPU");

    private static final List<SignalForwarder> OPEN = new ArrayList<>();
    private static final Map<String, Object> BEFORE = new LinkedHashMap<>();

    private final Set<String> names;
    private final List<Integer> early = new ArrayList<>();
    private @Nullable Run run;

    private SignalForwarder(Set<String> names) {
        this.names = names;
    }

    /** @param direct names of signals that reach the command without this */
    static SignalForwarder open(Set<String> direct) {
        var names = new TreeSet<>(FORWARDED);
        names.removeAll(direct);
        synchronized (SignalForwarder.class) {
            var forwarder = new SignalForwarder(names);
            OPEN.add(forwarder);
            names.stream().filter(name -> !BEFORE.containsKey(name)).forEach(SignalForwarder::take);
            return forwarder;
        }
    }

    /** Forwards what has come so far, and what will come. */
    void to(Run started) {
        synchronized (SignalForwarder.class) {
            run = started;
            early.forEach(number -> send(started, number));
            early.clear();
        }
    }

    /** Signals that came for a command that could not be started are forgotten: its caller is told of that instead. */
    @Override
    public void close() {
        synchronized (SignalForwarder.class) {
            OPEN.remove(this);
            if (OPEN.isEmpty()) {
                BEFORE.forEach(SignalForwarder::restore);
                BEFORE.clear();
            }
        }
    }

    private static void take(String name) {
        try {
            var type = Class.forName("sun.misc.SignalHandler");
            var handler = Proxy.newProxyInstance(
                    SignalForwarder.class.getClassLoader(), new Class<?>[] {type}, forwarding(name));
            Object before = handle(name, handler);
            if (before == null || before.equals(type.getField("SIG_IGN").get(null)) || isForeign(name, before)) {
                handle(name, before);
                LOG.debug("signal {} stays as it is: {}", name, before);
            } else {
                BEFORE.put(name, before);
            }
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            // With -Xrs the JVM leaves signals to the system: they end this process, and its shutdown the command.
            LOG.debug("signal {} cannot be forwarded", name, e);
        }
    }

    /** Native code has installed that, as profilers do. SIGUSR2 is the JVM's, and of use to its flight recorder only. */
    private static boolean isForeign(String name, Object before) {
        return name.equals("USR2") ? isRecording() : before.toString().contains("NativeHandler");
    }

    private static boolean isRecording() {
        try {
            return Boolean.TRUE.equals(Class.forName("jdk.jfr.FlightRecorder")
                    .getMethod("isInitialized")
                    .invoke(null));
        } catch (ReflectiveOperationException e) {
            LOG.trace("there is no flight recorder", e);
            return false;
        }
    }

    private static void restore(String name, Object handler) {
        try {
            handle(name, handler);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the handler of signal " + name + " cannot be put back", e);
        }
    }

    private static @Nullable Object handle(String name, @Nullable Object handler) throws ReflectiveOperationException {
        var signal = Class.forName("sun.misc.Signal");
        var type = Class.forName("sun.misc.SignalHandler");
        return signal.getMethod("handle", signal, type)
                .invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
    }

    private static InvocationHandler forwarding(String name) {
        return (_, method, arguments) -> {
            if (method.getName().equals("handle")) {
                Object signal = arguments[0];
                forward(name, (int) signal.getClass().getMethod("getNumber").invoke(signal));
            }
            return null;
        };
    }

    private static void forward(String name, int number) {
        if (name.equals("USR2") && isRecording()) {
            // A recording was begun meanwhile: the JVM sends this to its own threads.
            return;
        }
        synchronized (SignalForwarder.class) {
            OPEN.stream()
                    .filter(forwarder -> forwarder.names.contains(name))
                    .forEach(forwarder -> forwarder.receive(number));
        }
    }

    private void receive(int number) {
        if (run == null) {
            early.add(number);
        } else {
            send(run, number);
        }
    }

    private static void send(Run run, int number) {
        try {
            run.signal(number);
        } catch (UnsupportedOperationException e) {
            LOG.warn("signal {} was not forwarded: {}", number, e.getMessage());
        }
    }
}
