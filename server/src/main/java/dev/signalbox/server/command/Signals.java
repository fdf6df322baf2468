package dev.signalbox.server.command;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;

/**
 * SIGINT and SIGTERM: the first asks for a graceful stop, the second ends the process at once. A shutdown hook could not
 * tell them apart: the JVM ignores signals while hooks run.
 *
 * <p>The JDK's only means is {@code sun.misc.Signal}, which it supports but warns about, and we treat warnings as errors;
 * so it is called by name.
 */
public final class Signals {
    private static final int INT = 130;
    private static final int TERM = 143;

    private final CountDownLatch asked = new CountDownLatch(1);

    private Signals() {}

    /** Takes over the process's signals from now on. */
    public static Signals taken() {
        var signals = new Signals();
        handle("INT", () -> signals.on(INT));
        handle("TERM", () -> signals.on(TERM));
        return signals;
    }

    private static void handle(String name, Runnable action) {
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler run = (proxy, method, arguments) -> {
                action.run();
                return null;
            };
            var proxy = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, run);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java cannot handle SIG" + name, e);
        }
    }

    private void on(int exitCode) {
        if (asked.getCount() == 0) {
            Runtime.getRuntime().halt(exitCode);
        }
        asked.countDown();
    }

    /** Returns once the process has been asked to stop. */
    public void await() throws InterruptedException {
        asked.await();
    }
}
