package dev.signalbox.router;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What one node says to others; {@link ClusterCodec} has it as bytes. */
sealed interface ClusterFrame {

    /** A message for targets of the receiving node, or for all. An intent other than to tell is answered. */
    record Carry(Message message) implements ClusterFrame {}

    /** Some targets of an earlier {@link Carry} did not take the message. {@code origin} is the session that sent it. */
    record Refused(UUID message, Optional<Address.Session> origin, List<RouteError> errors) implements ClusterFrame {
        public Refused {
            errors = List.copyOf(errors);
        }
    }

    /** The reply to a request that was carried. */
    record Answered(UUID request, Message reply) implements ClusterFrame {}

    /** There will be no reply to a request that was carried. */
    record Unanswered(UUID request, RouteError error) implements ClusterFrame {}

    /** How a message ended that was carried to be acknowledged: taken if {@code refusal} is empty. */
    record Settled(UUID message, Optional<RouteError> refusal) implements ClusterFrame {}

    /** Nobody waits any more for the reply to a message that was carried, or for its acknowledgement. */
    record Forget(UUID message) implements ClusterFrame {}

    /** The sender has missed some of what was carried to it: what still waits to be acknowledged is to be carried again. */
    record CarryAgain() implements ClusterFrame {}

    /** The connections of a user or of a session are to be closed. */
    record Disconnect(Address target, CloseReason reason) implements ClusterFrame {}

    /** A publication to a topic; {@code key} as in {@link ClientSession#publish}. */
    record Publish(String topic, Optional<String> key, Message message) implements ClusterFrame {}

    /** A publication to those who subscribe to a topic now. */
    record PublishVolatile(String topic, Message message) implements ClusterFrame {}

    /**
     * What is kept of a publication in a {@link TopicHistory}; never sent by itself.
     *
     * @param id what the history knows it by
     * @param at when it was published, in milliseconds since 1970
     */
    record Entry(String topic, String id, long at, Message message) implements ClusterFrame {}

    /** A publication that is in the history of its topic, with its place there. */
    record Stored(UUID epoch, long offset, Entry entry) implements ClusterFrame {
        Publication publication(String topic) {
            return new Publication(offset, entry.at(), entry.message(), topic);
        }
    }

    /** The history of a topic has grown by what cannot be carried. */
    record Grown(String topic) implements ClusterFrame {}

    /**
     * The sign of life of a node.
     *
     * @param number of two, the higher one tells what is newer: they may come over two channels, and so in another order
     * @param version how many changes of its sessions the node has told
     * @param draining whether it takes no more work
     * @param presence by partition, how many changes of presence the node has told
     */
    record Beat(
            long number,
            String name,
            Instant since,
            long version,
            Set<String> logics,
            boolean draining,
            Map<Integer, Long> presence)
            implements ClusterFrame {
        public Beat {
            logics = Set.copyOf(logics);
            presence = Map.copyOf(presence);
        }
    }

    /**
     * The client of a session has come to the sender.
     *
     * @param id what the answer is told by
     * @param proof of who has the session's token: {@link ClusterMoves#proof}
     */
    record Fetch(UUID id, Address.Session session, String proof) implements ClusterFrame {}

    /** Some of the messages of a session that is on its way. */
    record FetchedMessages(UUID id, List<Message> messages) implements ClusterFrame {
        public FetchedMessages {
            messages = List.copyOf(messages);
        }
    }

    /** The session itself, without them; empty if it is not given away. {@code messages} is how many there were. */
    record Fetched(UUID id, int messages, Optional<MovedSession> session) implements ClusterFrame {}

    /** What was decided about some users' bans. */
    record Banned(List<Bans.Ban> bans) implements ClusterFrame {
        public Banned {
            bans = List.copyOf(bans);
        }
    }

    /** Which bans the node knows: {@link Bans#digest}. */
    record BansKnown(long digest) implements ClusterFrame {}

    /**
     * Something that the sender published to these topics is missing before this. If none is named, that may be in any topic of the channel.
     *
     * @param channel that this is published to
     */
    record Missed(ClusterLink.Channel channel, Set<String> topics) implements ClusterFrame {
        public Missed {
            topics = Set.copyOf(topics);
        }
    }

    /** Nothing: its place shows what is missing before it. */
    record Mark() implements ClusterFrame {}

    /** The node ends. */
    record Bye() implements ClusterFrame {}

    /** A session began, or changed. {@code version} is one more than that of the change before. */
    record Joined(long version, SessionInfo session) implements ClusterFrame {}

    /** A session ended, or only left this node if {@code moves}; {@code version} as above. */
    record Left(long version, Address.Session session, boolean moves) implements ClusterFrame {}

    /** By session, when it last sent something. */
    record Touched(Map<UUID, Instant> at) implements ClusterFrame {
        public Touched {
            at = Map.copyOf(at);
        }
    }

    /** The sender has missed changes, and asks for all sessions. */
    record Ask() implements ClusterFrame {}

    /** A part of all sessions of a node. */
    record Sessions(ClusterCopy.Part<SessionInfo> part) implements ClusterFrame {}

    /** The server wishes a session to subscribe to a topic, or not to any more. */
    record Subscribe(Address.Session session, String topic, boolean wanted) implements ClusterFrame {}

    /** A user who is in a topic with presence, on the node that says so. */
    record Present(String topic, String user) {}

    /**
     * A user came to a topic, or left it.
     *
     * @param version one more than that of the change before in the topic's {@linkplain ClusterInterest#partition partition}
     */
    record PresenceChanged(long version, Present user, boolean came) implements ClusterFrame {}

    /**
     * The sender needs all presence in a partition.
     *
     * @param known unless there was another change after this one; -1 if it knows nothing
     */
    record AskPresence(int partition, long known) implements ClusterFrame {}

    /** There was no other change of presence in a partition than those that the asker knows. */
    record PresenceUnchanged(int partition, long version) implements ClusterFrame {}

    /** A part of all presence of a node in a partition. */
    record Presence(int partition, ClusterCopy.Part<Present> part) implements ClusterFrame {}
}
