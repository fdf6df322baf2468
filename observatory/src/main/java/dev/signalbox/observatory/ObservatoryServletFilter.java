package dev.signalbox.observatory;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * Runs each HTTP request of a servlet container in the {@link ExecutionContext} that its headers describe. What a request
 * does asynchronously has to be handed the context, see {@link ExecutionContext#wrap}. Thread-safe.
 */
public final class ObservatoryServletFilter implements Filter {
    private final ContextHeaders headers;

    public ObservatoryServletFilter(ContextHeaders headers) {
        this.headers = headers;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        var context =
                request instanceof HttpServletRequest http ? headers.read(http::getHeader) : ExecutionContext.NONE;
        if (context.isEmpty()) {
            chain.doFilter(request, response);
        } else {
            within(context, request, response, chain);
        }
    }

    private static void within(
            ExecutionContext context, ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try {
            context.call(() -> {
                chain.doFilter(request, response);
                return true;
            });
        } catch (IOException | ServletException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }
}
