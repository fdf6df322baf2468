package dev.signalbox.router;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Asks somebody outside, such as a backend over HTTP, about what a client is about to do with a topic, after the {@link Authorizer} has
 * allowed it. Thread-safe; it never blocks. Endpoints ask, so it does not see what the server's own code does.
 */
public interface Gatekeeper {

    /**
     * A wish of a client.
     *
     * @param operation to subscribe or to publish
     * @param draft what is to be published; empty if it is no publication
     */
    record Wish(SessionInfo session, Authorizer.Operation operation, Address.Topic topic, Optional<Draft> draft) {}

    /** Whether it has to be asked about such wishes at all. Called for each of them: it has to be fast. */
    boolean asksAbout(Authorizer.Operation operation, Address.Topic topic);

    /**
     * Completes with nothing if the client may, or else with what it is told. If it fails, the client is told to try again later. It
     * completes in bounded time: until then, the client's later frames wait.
     */
    CompletionStage<Optional<RouteError>> ask(Wish wish);
}
