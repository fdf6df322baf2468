package dev.signalbox.maintenance.http;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * For any servlet container. Must support asynchronous requests, if the servlets behind it are asynchronous; such a request is
 * under way until it is complete. Thread-safe.
 */
public final class MaintenanceServletFilter implements Filter {
    private final HttpGate gate;

    public MaintenanceServletFilter(HttpGate gate) {
        this.gate = gate;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        // A dispatch inside a request that was let in already, such as that of an error page, passes.
        boolean first = request.getDispatcherType() == DispatcherType.REQUEST;
        if (!first || !(request instanceof HttpServletRequest http) || gate.skips(path(http))) {
            chain.doFilter(request, response);
        } else if (gate.enter()) {
            handle(request, response, chain);
        } else {
            refuse((HttpServletResponse) response);
        }
    }

    /** As the container decoded and normalized it. */
    private static String path(HttpServletRequest request) {
        String info = request.getPathInfo();
        return request.getServletPath() + (info == null ? "" : info);
    }

    private void handle(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Leaving leaving = new Leaving(gate);
        try {
            chain.doFilter(request, response);
        } finally {
            if (request.isAsyncStarted()) {
                request.getAsyncContext().addListener(leaving);
            } else {
                leaving.leave();
            }
        }
    }

    private void refuse(HttpServletResponse response) throws IOException {
        response.setStatus(HttpGate.UNAVAILABLE);
        response.setHeader("Retry-After", gate.retryAfter());
        response.setHeader("Connection", "close");
        response.setContentType(HttpGate.TYPE);
        response.setContentLength(HttpGate.BODY.length);
        response.getOutputStream().write(HttpGate.BODY);
    }

    /** Leaves once, at the end of an asynchronous request, however often it is started again. */
    private static final class Leaving implements AsyncListener {
        private final HttpGate gate;
        private final AtomicBoolean left = new AtomicBoolean();

        Leaving(HttpGate gate) {
            this.gate = gate;
        }

        void leave() {
            if (left.compareAndSet(false, true)) {
                gate.leave();
            }
        }

        @Override
        public void onComplete(AsyncEvent event) {
            leave();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // The container completes it, and tells so.
        }

        @Override
        public void onError(AsyncEvent event) {
            // The container completes it, and tells so.
        }

        /** The container forgets listeners when a request is dispatched and started once more. */
        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }
}
