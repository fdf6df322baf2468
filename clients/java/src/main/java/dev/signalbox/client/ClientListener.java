package dev.signalbox.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Told what happens, one call at a time and in order, on a virtual thread of the client. It may block: then the client reads no
 * further once {@link ClientOptions#maxEvents()} wait, and the server holds back what is to come. What it throws is told to
 * {@link #onProblem}.
 */
public interface ClientListener {

    /** Does nothing. */
    ClientListener NONE = new ClientListener() {};

    /**
     * A message to this client. One that wants to be acknowledged is, once this has returned; if it throws a {@link MessageRefusal},
     * the message is refused, and if it throws anything else, it comes again later. What comes again after it was handled is not told
     * again, as far as the last 1,000 are concerned.
     */
    default void onMessage(Message message) {}

    /**
     * Somebody asks. If it fails with a {@link MessageRefusal}, as it does by default, the request is refused for this reason. If it fails with
     * anything else, or the reply is larger than the server takes, that is a problem, and the request is refused, too. The one who asked is told
     * so once no other session of this client is left that may reply.
     */
    default CompletionStage<Draft> onRequest(Message request) {
        return CompletableFuture.failedFuture(new MessageRefusal("this client answers no requests"));
    }

    /** The server has subscribed this session to a topic, whose messages the returned listener is told. */
    default TopicListener onSubscribed(Subscription subscription) {
        return message -> {};
    }

    /** The server has ended a subscription. */
    default void onUnsubscribed(String topic) {}

    default void onState(State state) {}

    /** Another connection has come back to the session: nothing that was sent to it meanwhile is missing. */
    default void onResumed(String session) {}

    /** Another connection has begun a new session: what was sent to the old one meanwhile is lost, topics go on. */
    default void onRestarted(String session) {}

    /**
     * What went wrong, and was nobody's call: a handler that failed, a subscription that the server refused later; with a
     * {@link ConnectionLostException}, why a connection ended or could not be opened, before the client tries again.
     */
    default void onProblem(Throwable problem) {}

    /** The end: by {@link SignalboxClient#close()}, or since another connection would be refused like this one. */
    default void onClosed(int code, String reason) {}
}
