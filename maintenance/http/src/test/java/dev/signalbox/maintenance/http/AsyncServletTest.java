package dev.signalbox.maintenance.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** The same with servlets that go on after the container's thread has left them. */
class AsyncServletTest extends ServletContainerTest {
    @Override
    protected void answer(HttpServletRequest request, HttpServletResponse response) {
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        Thread.ofVirtual().start(() -> {
            try {
                handle();
                response.setStatus(200);
                async.complete();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
