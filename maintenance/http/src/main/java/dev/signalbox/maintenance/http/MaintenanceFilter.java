package dev.signalbox.maintenance.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;

/**
 * For the JDK's own HTTP server: {@code context.getFilters().add(new MaintenanceFilter(gate))}. A request is under way until its
 * handler returns. Thread-safe.
 */
public final class MaintenanceFilter extends Filter {
    private final HttpGate gate;

    public MaintenanceFilter(HttpGate gate) {
        this.gate = gate;
    }

    @Override
    public String description() {
        return "refuses requests during maintenance";
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        if (gate.skips(exchange.getRequestURI().getPath())) {
            chain.doFilter(exchange);
        } else if (gate.enter()) {
            try {
                chain.doFilter(exchange);
            } finally {
                gate.leave();
            }
        } else {
            refuse(exchange);
        }
    }

    /** Closes the connection, too: the next request should find another node. */
    private void refuse(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = exchange.getResponseHeaders();
            headers.set("Content-Type", HttpGate.TYPE);
            headers.set("Retry-After", gate.retryAfter());
            headers.set("Connection", "close");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(HttpGate.UNAVAILABLE, head ? -1 : HttpGate.BODY.length);
            if (!head) {
                exchange.getResponseBody().write(HttpGate.BODY);
            }
        }
    }
}
