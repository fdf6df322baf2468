package dev.signalbox.observatory;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

/** Runs each request of a Helidon web server in the {@link ExecutionContext} that its headers describe. Thread-safe. */
public final class ObservatoryHelidonFilter implements Filter {
    private final ContextHeaders headers;

    public ObservatoryHelidonFilter(ContextHeaders headers) {
        this.headers = headers;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        var context = headers.read(
                name -> request.headers().first(HeaderNames.create(name)).orElse(null));
        if (context.isEmpty()) {
            chain.proceed();
        } else {
            context.run(chain::proceed);
        }
    }
}
