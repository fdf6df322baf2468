package dev.signalbox.server.inbox;

import dev.signalbox.delivery.inbox.InboxItem;
import dev.signalbox.delivery.inbox.InboxListener;
import dev.signalbox.router.Address;
import dev.signalbox.router.Authorizer.Operation;
import dev.signalbox.router.Decision;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.router.RouterOptions.TopicRule;
import dev.signalbox.router.TopicPolicy;
import dev.signalbox.router.TopicPolicy.SlowConsumer;
import dev.signalbox.server.rest.Json;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The topic {@code inbox/CLIENT} of each client, in which it hears of changes in its inbox, whichever node made them. Only that client
 * may subscribe to it, and only this server publishes there. Thread-safe.
 */
final class InboxTopics implements InboxListener {
    static final String PREFIX = "inbox/";

    private static final Address.Logic SELF = Address.logic(InboxLogic.NAME);
    private static final int LONGEST_TOPIC = 128;

    /** A client that missed more than this sees a gap, and lists its inbox again. */
    private static final TopicPolicy SHORT = new TopicPolicy(50, 256 << 10, Duration.ofMinutes(1), SlowConsumer.GAP);

    private final Supplier<Router> router;

    /** {@code router} is asked for once something changes. */
    InboxTopics(Supplier<Router> router) {
        this.router = router;
    }

    /** Adds the policy of these topics, before those that were configured. */
    static RouterOptions keptShortly(RouterOptions options) {
        RouterOptions.Topics topics = options.topics();
        List<TopicRule> rules = Stream.concat(Stream.of(new TopicRule(PREFIX + "*", SHORT)), topics.rules().stream())
                .toList();
        return options.withTopics(
                new RouterOptions.Topics(topics.max(), topics.perSession(), rules, topics.otherwise()));
    }

    static boolean allows(Principal principal, Operation operation, Address address) {
        return operation == Operation.SUBSCRIBE
                && address instanceof Address.Topic topic
                && topic.name().equals(PREFIX + principal.user());
    }

    /**
     * Rejects what others would publish there, over the queue and over REST, too: a client takes it for a change in its inbox. Runs
     * for every message of the router, so without a stream.
     */
    static Decision guard(Message message) {
        List<Address> targets = message.targets();
        for (int i = 0; i < targets.size(); i++) {
            if (isOne(targets.get(i)) && !message.source().equals(SELF)) {
                return Decision.reject("only the server itself publishes to topics " + PREFIX + "…");
            }
        }
        return Decision.accept(message);
    }

    private static boolean isOne(Address address) {
        return address instanceof Address.Topic topic && topic.name().startsWith(PREFIX);
    }

    /**
     * The recipient, if it can have a topic.
     *
     * @throws IllegalArgumentException if its name is too long for one
     */
    static String name(String recipient) {
        int most = LONGEST_TOPIC - PREFIX.length();
        if (recipient.length() > most) {
            throw new IllegalArgumentException(
                    "the recipient has " + recipient.length() + " characters; it must have 1 to " + most);
        }
        return recipient;
    }

    private record Added(String type, InboxItemView item, int unread) {}

    private record Marked(String type, List<String> ids, InboxItem.State state, int unread) {}

    /**
     * Publishes only where somebody subscribes, on whichever node: a topic for each recipient would use up the server's topics. A client
     * subscribes before it lists, so what is published in between is in the list.
     */
    @Override
    public void changed(Change change) {
        String topic = PREFIX + change.recipient();
        if (topic.length() <= LONGEST_TOPIC) {
            Payload event = Payload.text(Json.text(event(change)));
            var _ = router.get().publishWhereOpen(Message.of(SELF, Address.topic(topic), event));
        }
    }

    private static Object event(Change change) {
        return switch (change) {
            case InboxListener.Added added -> new Added("added", InboxItemView.of(added.item()), added.unread());
            case InboxListener.Marked marked -> new Marked("marked", marked.ids(), marked.state(), marked.unread());
        };
    }
}
