package dev.signalbox.maintenance.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The JDK's own server behind the gate. */
class JdkHttpServerTest extends HttpServerFixture {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private @Nullable HttpServer server;

    @Override
    protected URI start(HttpGate gate) throws IOException {
        HttpServer made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        made.createContext("/", this::answer).getFilters().add(new MaintenanceFilter(gate));
        made.setExecutor(threads);
        made.start();
        server = made;
        return URI.create("http://127.0.0.1:" + made.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/wait")) {
                handle();
            } else if (path.equals("/now")) {
                handled.incrementAndGet();
            }
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    protected void stop() {
        if (server != null) {
            server.stop(0);
        }
        threads.shutdownNow();
    }
}
