package dev.signalbox.maintenance.http;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.util.EnumSet;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A servlet container behind the gate; its servlets answer as {@link #answer} says. */
class ServletContainerTest extends HttpServerFixture {
    private final Server server = new Server();

    @Override
    protected URI start(HttpGate gate) throws Exception {
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        FilterHolder filter = new FilterHolder(new MaintenanceServletFilter(gate));
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.allOf(DispatcherType.class));
        ServletHolder servlet = new ServletHolder(new Answering());
        servlet.setAsyncSupported(true);
        context.addServlet(servlet, "/");
        server.setHandler(context);
        server.start();
        return URI.create("http://127.0.0.1:" + connector.getLocalPort());
    }

    /** Waits on the container's thread. */
    protected void answer(HttpServletRequest request, HttpServletResponse response) throws InterruptedException {
        handle();
        response.setStatus(200);
    }

    private final class Answering extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) {
            try {
                if (request.getServletPath().equals("/wait")) {
                    answer(request, response);
                } else if (request.getServletPath().equals("/now")) {
                    handled.incrementAndGet();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    protected void stop() throws Exception {
        server.stop();
    }
}
