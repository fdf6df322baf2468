package dev.signalbox.router;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what other nodes say. Called by the link, by one thread at a time; nothing here blocks. */
final class ClusterReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterReceiver.class);

    /** How many acknowledged messages are remembered: one that is carried again is not sent to its client again. */
    private static final int MAX_ACKNOWLEDGED = 10_000;

    private final ClusterMember member;
    private final ClusterParts parts;
    private final LinkedHashSet<UUID> acknowledged = new LinkedHashSet<>();

    ClusterReceiver(ClusterMember member, ClusterParts parts) {
        this.member = member;
        this.parts = parts;
    }

    void receive(RemoteNode node, ClusterFrame frame) {
        switch (frame) {
            case ClusterFrame.Carry(Message message) -> carried(node, message);
            case ClusterFrame.Refused refused ->
                member.carrier().refused(refused.message(), refused.origin(), refused.errors());
            case ClusterFrame.Answered(UUID request, Message reply) ->
                ClusterMember.aside(() -> member.waits().answered(request, node, reply));
            case ClusterFrame.Unanswered(UUID request, RouteError error) ->
                ClusterMember.aside(() -> member.waits().unanswered(request, node, error));
            case ClusterFrame.Settled(UUID message, Optional<RouteError> refusal) ->
                ClusterMember.aside(() -> member.waits().settled(message, node, refusal));
            case ClusterFrame.CarryAgain _ ->
                ClusterMember.aside(() -> member.waits().carryAgain(node));
            case ClusterFrame.Forget(UUID message) -> ClusterMember.aside(() -> forget(message));
            case ClusterFrame.Disconnect(Address target, CloseReason reason) -> parts.disconnecting(target, reason);
            case ClusterFrame.Publish(String topic, Optional<String> key, Message message) ->
                published(topic, key.orElse(null), message);
            case ClusterFrame.Stored stored -> parts.topics().stored(stored);
            case ClusterFrame.Grown(String topic) -> parts.topics().missed(topic);
            case ClusterFrame.Entry _ -> LOG.debug("node {} sent what only belongs into a history", node);
            case ClusterFrame.Fetch asked ->
                ClusterMember.aside(() -> member.moves().asked(node, asked));
            case ClusterFrame.FetchedMessages part -> member.moves().arrived(part);
            case ClusterFrame.Fetched last -> member.moves().arrived(last);
            case ClusterFrame.Banned(List<Bans.Ban> bans) -> member.bans().arrived(bans);
            case ClusterFrame.BansKnown(long digest) -> member.bans().compare(node, digest);
            case ClusterFrame.PublishVolatile(String topic, Message message) ->
                parts.topics().publishVolatileIfOpen(topic, message);
            case ClusterFrame.Beat beat -> {
                member.registry().beat(node, beat);
                member.presence().beat(node, beat.presence());
            }
            case ClusterFrame.Missed(ClusterLink.Channel channel, Set<String> topics) -> missed(channel, topics);
            case ClusterFrame.Mark _ -> LOG.debug("node {} published what did not arrive", node);
            case ClusterFrame.Bye _ -> member.registry().gone(node);
            case ClusterFrame.Joined joined -> {
                member.registry().joined(node, joined);
                member.limits().check(joined.session().user());
            }
            case ClusterFrame.Left left -> member.registry().left(node, left);
            case ClusterFrame.Touched touched -> member.registry().touched(node, touched.at());
            case ClusterFrame.Ask _ ->
                member.announcer().tellAll(each -> member.sender().tell(node, each));
            case ClusterFrame.Sessions(ClusterCopy.Part<SessionInfo> part) -> {
                member.registry().arrived(node, part);
                if (part.isLast()) {
                    ClusterMember.aside(member.limits()::check);
                }
            }
            case ClusterFrame.Subscribe(Address.Session session, String topic, boolean wanted) ->
                ClusterMember.aside(() -> parts.router().access().wished(session.id(), topic, wanted));
            case ClusterFrame.PresenceChanged change -> member.presence().changed(node, change);
            case ClusterFrame.AskPresence(int partition, long known) ->
                member.presence().asked(node, partition, known);
            case ClusterFrame.Presence part -> member.presence().arrived(node, part);
            case ClusterFrame.PresenceUnchanged same -> member.presence().unchanged(node, same);
        }
    }

    private void missed(ClusterLink.Channel channel, Set<String> topics) {
        if (topics.isEmpty()) {
            member.interest().topics(channel).forEach(parts.topics()::missed);
        } else {
            topics.forEach(parts.topics()::missedMessage);
        }
    }

    /** Nobody waits for it any more: neither for its acknowledgement, nor for a reply. */
    private void forget(UUID message) {
        parts.acknowledgements().forget(message);
        parts.requests().fail(message, RouteError.of(ErrorCode.CLOSING, "nobody waits for the reply any more"));
    }

    private void carried(RemoteNode node, Message message) {
        switch (message.intent()) {
            case Intent.Ask ask -> asked(node, message, ask);
            case Intent.Confirm confirm -> confirmed(node, message, confirm);
            case Intent.Tell _ -> told(node, message);
            case Intent.Reply _ -> told(node, message);
        }
    }

    private void told(RemoteNode node, Message message) {
        List<RouteError> errors = parts.entrance().isClosed()
                ? List.of(RouteError.closing())
                : parts.routing().carried(message).errors();
        if (!errors.isEmpty()) {
            member.sender().tell(node, new ClusterFrame.Refused(message.id(), message.origin(), errors));
        }
    }

    private void asked(RemoteNode node, Message message, Intent.Ask ask) {
        var _ = parts.router()
                .exchanges()
                .askedElsewhere(message, ask.deadline())
                .whenComplete((reply, failure) -> {
                    ClusterFrame answer = reply != null
                            ? new ClusterFrame.Answered(message.id(), reply)
                            : new ClusterFrame.Unanswered(message.id(), error(message, failure));
                    member.sender().tell(node, answer);
                });
    }

    private static RouteError error(Message request, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        return cause instanceof RequestException known
                ? known.error()
                : RouteError.to(request.targets().getFirst(), ErrorCode.LOGIC_FAILED, "the request failed: " + cause);
    }

    private void confirmed(RemoteNode node, Message message, Intent.Confirm confirm) {
        if (isAcknowledged(message.id())) {
            member.sender().tell(node, new ClusterFrame.Settled(message.id(), Optional.empty()));
            return;
        }
        var _ = parts.acknowledgements()
                .send(message, message.targets().getFirst(), confirm.until(), null)
                .whenComplete((result, failure) -> ended(node, message.id(), result));
    }

    /** If it expired or this node ends, its sender knows that, or tries elsewhere. */
    private void ended(RemoteNode node, UUID message, @Nullable AckResult result) {
        if (result instanceof AckResult.Acked) {
            acknowledged(message);
            member.sender().tell(node, new ClusterFrame.Settled(message, Optional.empty()));
        } else if (result instanceof AckResult.Rejected(RouteError error)) {
            member.sender().tell(node, new ClusterFrame.Settled(message, Optional.of(error)));
        }
    }

    private boolean isAcknowledged(UUID message) {
        synchronized (acknowledged) {
            return acknowledged.contains(message);
        }
    }

    private void acknowledged(UUID message) {
        synchronized (acknowledged) {
            acknowledged.add(message);
            if (acknowledged.size() > MAX_ACKNOWLEDGED) {
                acknowledged.remove(acknowledged.getFirst());
            }
        }
    }

    /** What a shard has no room for is missing from the topic, and its subscribers are told. */
    private void published(String topic, @Nullable String key, Message message) {
        Optional<TopicLog.Published> published = parts.topics().publishIfOpen(topic, message, key);
        if (published.filter(each -> each.offset() == 0).isPresent()) {
            parts.topics().missedMessage(topic);
        }
    }
}
