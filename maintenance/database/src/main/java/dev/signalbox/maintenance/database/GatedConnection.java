package dev.signalbox.maintenance.database;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection that tells when it is given back, once. A proxy, since the interface has sixty methods and grows with each
 * release of Java.
 */
final class GatedConnection implements InvocationHandler {
    private final Connection connection;
    private final Consumer<GatedConnection> returned;
    private final AtomicBoolean back = new AtomicBoolean();

    GatedConnection(Connection connection, Consumer<GatedConnection> returned) {
        this.connection = connection;
        this.returned = returned;
    }

    Connection proxy() {
        return (Connection)
                Proxy.newProxyInstance(GatedConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            case "close", "abort" -> {
                try {
                    yield call(method, arguments);
                } finally {
                    giveBack();
                }
            }
            case "equals" -> arguments != null && isSame(proxy, arguments[0]);
            case "hashCode" -> System.identityHashCode(proxy);
            default -> call(method, arguments);
        };
    }

    @SuppressWarnings("ReferenceEquality") // a proxy's equals leads here
    private static boolean isSame(Object proxy, Object other) {
        return proxy == other;
    }

    private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    /** Its statement fails, and its owner still has to close it; but it does not count any more. */
    void abort() throws SQLException {
        try {
            connection.abort(Runnable::run);
        } finally {
            giveBack();
        }
    }

    private void giveBack() {
        if (back.compareAndSet(false, true)) {
            returned.accept(this);
        }
    }
}
