package dev.signalbox.maintenance.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.ee11.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

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
        ErrorPageErrorHandler errors = new ErrorPageErrorHandler();
        errors.addErrorPage(500, "/oops");
        context.setErrorHandler(errors);
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
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            try {
                if (request.getServletPath().equals("/wait")) {
                    answer(request, response);
                } else if (request.getServletPath().equals("/now")) {
                    handled.incrementAndGet();
                } else if (request.getServletPath().equals("/fail")) {
                    handle();
                    response.sendError(500);
                } else if (request.getServletPath().equals("/again")) {
                    startAgain(request);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Goes on in another dispatch, and from there on outside of the container's threads. */
    private static void startAgain(HttpServletRequest request) {
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        if (request.getDispatcherType() == DispatcherType.REQUEST) {
            async.dispatch();
        } else {
            Thread.ofVirtual().start(async::complete);
        }
    }

    /** It was let in before, so its error page is not refused. */
    @Test
    void theErrorPageOfARequestUnderWayIsServedInAWindow() throws Exception {
        CountDownLatch latch = hold();
        CompletableFuture<HttpResponse<String>> answer = ask("/fail");
        await().atMost(LONG).until(() -> handling.get() == 1);
        assertThat(drainable().drain(Duration.ofMillis(10))).isEqualTo(1);
        latch.countDown();

        assertThat(answer.join().statusCode()).isEqualTo(500);
        assertThat(drainable().drain(LONG)).isZero();
    }

    @Test
    void aRequestThatIsStartedOnceMoreLeavesAtItsEnd() throws Exception {
        assertThat(ask("/again").join().statusCode()).isEqualTo(200);

        assertThat(drainable().drain(LONG)).isZero();
    }

    @Override
    protected void stop() throws Exception {
        server.stop();
    }
}
