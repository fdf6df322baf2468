package dev.signalbox.server.node;

import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Authorizer;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.EndpointException;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterListener;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.server.configuration.FailureText;
import java.time.InstantSource;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A node's router, opened when it is first asked for, and what features do around it. Confined to the thread that starts the server. */
final class RoutedParts {
    private final NodeSettings settings;
    private final Closing closing;
    private final InstantSource clock;
    private final NodeDrain drain;
    private final ClientListeners listeners = new ClientListeners();
    private final ReservedTopics reservedTopics = new ReservedTopics();
    private UnaryOperator<Logic> aroundLogic = UnaryOperator.identity();
    private UnaryOperator<RouterOptions> routing = UnaryOperator.identity();
    private UnaryOperator<Authenticator> authentication = UnaryOperator.identity();
    private @Nullable Router router;

    RoutedParts(NodeSettings settings, Closing closing, InstantSource clock, NodeDrain drain) {
        this.settings = settings;
        this.closing = closing;
        this.clock = clock;
        this.drain = drain;
    }

    Router router() {
        if (router == null) {
            RouterOptions options = RouterOptions.defaults()
                    .withMaxPayloadBytes(settings.maxMessage())
                    .withDrain(settings.shutdownTimeout());
            Router made = closing.add(Router.create(routing.apply(options), listeners, clock));
            router = made;
            drain.maintenance().add(new RouterDrain(made, drain.deadline()));
            drain.maintenance().add(new ConnectionDrain(made, drain.disconnectsPerSecond(), drain.deadline()));
        }
        return router;
    }

    /** @throws IllegalStateException if the router is open */
    void routing(UnaryOperator<RouterOptions> change) {
        if (router != null) {
            throw new IllegalStateException("the router is open; its options can only be changed by a feature before");
        }
        UnaryOperator<RouterOptions> before = routing;
        routing = options -> change.apply(before.apply(options));
    }

    void reserve(String beginning, Authorizer owner) {
        reservedTopics.add(beginning, owner);
    }

    Authorizer authorizer(Authorizer otherwise) {
        return reservedTopics.before(otherwise);
    }

    void aroundAuthentication(UnaryOperator<Authenticator> change) {
        UnaryOperator<Authenticator> before = authentication;
        authentication = tokens -> change.apply(before.apply(tokens));
    }

    Authenticator authenticator(Authenticator tokens) {
        return authentication.apply(tokens);
    }

    void aroundLogic(UnaryOperator<Logic> around) {
        aroundLogic = around;
    }

    void logic(String name, Logic logic) {
        router().add(name, aroundLogic.apply(logic));
    }

    void clientListener(RouterListener listener) {
        listeners.add(listener);
    }

    /** @throws StartupException if it cannot listen */
    void attach(Endpoint endpoint) {
        try {
            router().attach(endpoint);
        } catch (EndpointException e) {
            throw new StartupException(FailureText.of(e), e);
        }
    }
}
