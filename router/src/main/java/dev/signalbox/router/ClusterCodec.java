package dev.signalbox.router;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Frames as bytes. Thread-safe.
 *
 * <p>A frame is its type and its fields; {@link ClusterFrames} says where it ends. A node skips types that it does not know, and fields that come after
 * those that it knows: so that two releases understand each other if the newer one only adds. What the next frame often has in common with this one comes
 * first.
 */
final class ClusterCodec {
    private static final int CARRY = 1;
    private static final int REFUSED = 2;
    private static final int ANSWERED = 3;
    private static final int UNANSWERED = 4;
    private static final int SETTLED = 5;
    private static final int FORGET = 6;
    private static final int DISCONNECT = 7;
    private static final int PUBLISH = 8;
    private static final int BEAT = 9;
    private static final int BYE = 10;
    private static final int JOINED = 11;
    private static final int LEFT = 12;
    private static final int TOUCHED = 13;
    private static final int ASK = 14;
    private static final int SESSIONS = 15;
    private static final int MARK = 16;
    private static final int ENTRY = 17;
    private static final int STORED = 18;
    private static final int GROWN = 19;
    private static final int BANNED = 20;
    private static final int BANS_KNOWN = 21;
    private static final int FETCH = 22;
    private static final int FETCHED_MESSAGES = 23;
    private static final int FETCHED = 24;
    private static final int PUBLISH_VOLATILE = 25;

    private static final int SUBSCRIBE = 26;
    private static final int PRESENCE_CHANGED = 27;
    private static final int ASK_PRESENCE = 28;
    private static final int PRESENCE = 29;
    private static final int MISSED = 30;
    private static final int CARRY_AGAIN = 31;
    private static final int PRESENCE_UNCHANGED = 32;

    private final MessageCodec messages;
    private final MembershipCodec membership;

    ClusterCodec(InstantSource clock) {
        this.messages = new MessageCodec(clock);
        this.membership = new MembershipCodec(clock);
    }

    byte[] encode(ClusterFrame frame) {
        return body(frame, new ByteSink().octet(type(frame))).toByteArray();
    }

    private static int type(ClusterFrame frame) {
        return switch (frame) {
            case ClusterFrame.Carry _ -> CARRY;
            case ClusterFrame.Refused _ -> REFUSED;
            case ClusterFrame.Answered _ -> ANSWERED;
            case ClusterFrame.Unanswered _ -> UNANSWERED;
            case ClusterFrame.Settled _ -> SETTLED;
            case ClusterFrame.Forget _ -> FORGET;
            case ClusterFrame.Disconnect _ -> DISCONNECT;
            case ClusterFrame.Publish _ -> PUBLISH;
            case ClusterFrame.Entry _ -> ENTRY;
            case ClusterFrame.Stored _ -> STORED;
            case ClusterFrame.Grown _ -> GROWN;
            case ClusterFrame.Banned _ -> BANNED;
            case ClusterFrame.BansKnown _ -> BANS_KNOWN;
            case ClusterFrame.Fetch _ -> FETCH;
            case ClusterFrame.FetchedMessages _ -> FETCHED_MESSAGES;
            case ClusterFrame.Fetched _ -> FETCHED;
            case ClusterFrame.PublishVolatile _ -> PUBLISH_VOLATILE;
            case ClusterFrame.Beat _ -> BEAT;
            case ClusterFrame.CarryAgain _ -> CARRY_AGAIN;
            case ClusterFrame.Missed _ -> MISSED;
            case ClusterFrame.Mark _ -> MARK;
            case ClusterFrame.Bye _ -> BYE;
            case ClusterFrame.Joined _ -> JOINED;
            case ClusterFrame.Left _ -> LEFT;
            case ClusterFrame.Touched _ -> TOUCHED;
            case ClusterFrame.Ask _ -> ASK;
            case ClusterFrame.Sessions _ -> SESSIONS;
            case ClusterFrame.Subscribe _ -> SUBSCRIBE;
            case ClusterFrame.PresenceChanged _ -> PRESENCE_CHANGED;
            case ClusterFrame.AskPresence _ -> ASK_PRESENCE;
            case ClusterFrame.Presence _ -> PRESENCE;
            case ClusterFrame.PresenceUnchanged _ -> PRESENCE_UNCHANGED;
        };
    }

    private ByteSink body(ClusterFrame frame, ByteSink to) {
        return switch (frame) {
            case ClusterFrame.Carry(Message message) -> messages.message(message, to);
            case ClusterFrame.Refused refused -> refused(refused, to);
            case ClusterFrame.Answered(UUID request, Message reply) -> messages.message(reply, to.uuid(request));
            case ClusterFrame.Unanswered(UUID request, RouteError error) -> MessageCodec.error(error, to.uuid(request));
            case ClusterFrame.Settled(UUID message, Optional<RouteError> refusal) ->
                to.uuid(message).optional(refusal, MessageCodec::error);
            case ClusterFrame.Forget(UUID message) -> to.uuid(message);
            case ClusterFrame.Disconnect(Address target, CloseReason reason) ->
                MessageCodec.address(target, to).text(reason.name());
            case ClusterFrame.Publish(String topic, Optional<String> key, Message message) ->
                messages.message(message, to.text(topic)).optional(key, (text, sink) -> sink.text(text));
            case ClusterFrame.Entry entry -> entry(entry, to);
            case ClusterFrame.Stored(UUID epoch, long offset, ClusterFrame.Entry entry) ->
                entry(entry, to.uuid(epoch)).number(offset);
            case ClusterFrame.Grown(String topic) -> to.text(topic);
            case ClusterFrame.Banned(List<Bans.Ban> bans) -> to.list(bans, membership::ban);
            case ClusterFrame.BansKnown(long digest) -> to.fixed(digest);
            case ClusterFrame.Fetch(UUID id, Address.Session session, String proof) ->
                MessageCodec.address(session, to.uuid(id)).text(proof);
            case ClusterFrame.FetchedMessages(UUID id, List<Message> carried) ->
                to.uuid(id).list(carried, messages::message);
            case ClusterFrame.Fetched(UUID id, int carried, Optional<MovedSession> session) ->
                to.uuid(id).number(carried).optional(session, MembershipCodec::moved);
            case ClusterFrame.PublishVolatile(String topic, Message message) ->
                messages.message(message, to.text(topic));
            case ClusterFrame.Beat beat -> MembershipCodec.beat(beat, to);
            case ClusterFrame.CarryAgain _ -> to;
            case ClusterFrame.Missed(ClusterLink.Channel channel, Set<String> topics) ->
                to.text(channel.name()).list(topics, (topic, sink) -> sink.text(topic));
            case ClusterFrame.Mark _ -> to;
            case ClusterFrame.Bye _ -> to;
            case ClusterFrame.Joined(long version, SessionInfo session) ->
                MembershipCodec.session(session, to.number(version));
            case ClusterFrame.Left(long version, Address.Session session, boolean moves) ->
                MessageCodec.address(session, to.number(version)).flag(moves);
            case ClusterFrame.Touched(Map<UUID, Instant> at) -> MembershipCodec.touched(at, to);
            case ClusterFrame.Ask _ -> to;
            case ClusterFrame.Sessions(ClusterCopy.Part<SessionInfo> part) ->
                MembershipCodec.part(part, MembershipCodec::sized, to);
            case ClusterFrame.Subscribe(Address.Session session, String topic, boolean wanted) ->
                MessageCodec.address(session, to).text(topic).flag(wanted);
            case ClusterFrame.PresenceChanged(long version, ClusterFrame.Present user, boolean came) ->
                MembershipCodec.present(user, to.number(version)).flag(came);
            case ClusterFrame.AskPresence(int partition, long known) ->
                to.number(partition).number(known + 1);
            case ClusterFrame.PresenceUnchanged(int partition, long version) ->
                to.number(partition).number(version);
            case ClusterFrame.Presence(int partition, ClusterCopy.Part<ClusterFrame.Present> part) ->
                MembershipCodec.part(part, MembershipCodec::present, to.number(partition));
        };
    }

    /** The frame that is all of {@code body}; null if it is of a type that this release does not know. */
    @Nullable
    ClusterFrame decode(ByteSource body) {
        return switch (body.octet()) {
            case CARRY -> new ClusterFrame.Carry(messages.message(body));
            case REFUSED -> refused(body);
            case ANSWERED -> new ClusterFrame.Answered(body.uuid(), messages.message(body));
            case UNANSWERED -> new ClusterFrame.Unanswered(body.uuid(), MessageCodec.error(body));
            case SETTLED -> new ClusterFrame.Settled(body.uuid(), body.optional(MessageCodec::error));
            case FORGET -> new ClusterFrame.Forget(body.uuid());
            case DISCONNECT ->
                new ClusterFrame.Disconnect(Address.parse(body.text()), MessageCodec.reason(body.text()));
            case PUBLISH -> published(body);
            case ENTRY -> entry(body);
            case STORED -> stored(body);
            case GROWN -> new ClusterFrame.Grown(body.text());
            case BANNED -> new ClusterFrame.Banned(body.list(membership::ban));
            case BANS_KNOWN -> new ClusterFrame.BansKnown(body.fixed());
            case FETCH -> new ClusterFrame.Fetch(body.uuid(), MessageCodec.session(body), body.text());
            case FETCHED_MESSAGES -> new ClusterFrame.FetchedMessages(body.uuid(), body.list(messages::message));
            case FETCHED ->
                new ClusterFrame.Fetched(body.uuid(), body.integer(), body.optional(MembershipCodec::moved));
            case PUBLISH_VOLATILE -> new ClusterFrame.PublishVolatile(body.text(), messages.message(body));
            case BEAT -> MembershipCodec.beat(body);
            case CARRY_AGAIN -> new ClusterFrame.CarryAgain();
            case MISSED ->
                new ClusterFrame.Missed(new ClusterLink.Channel(body.text()), Set.copyOf(body.list(ByteSource::text)));
            case MARK -> new ClusterFrame.Mark();
            case BYE -> new ClusterFrame.Bye();
            case JOINED -> new ClusterFrame.Joined(body.number(), MembershipCodec.session(body));
            case LEFT -> new ClusterFrame.Left(body.number(), MessageCodec.session(body), body.flag());
            case TOUCHED -> new ClusterFrame.Touched(MembershipCodec.touched(body));
            case ASK -> new ClusterFrame.Ask();
            case SESSIONS -> new ClusterFrame.Sessions(MembershipCodec.part(body, MembershipCodec::sized));
            case SUBSCRIBE -> new ClusterFrame.Subscribe(MessageCodec.session(body), body.text(), body.flag());
            case PRESENCE_CHANGED ->
                new ClusterFrame.PresenceChanged(body.number(), MembershipCodec.present(body), body.flag());
            case ASK_PRESENCE -> new ClusterFrame.AskPresence(body.integer(), body.hasMore() ? body.number() - 1 : -1);
            case PRESENCE_UNCHANGED -> new ClusterFrame.PresenceUnchanged(body.integer(), body.number());
            case PRESENCE ->
                new ClusterFrame.Presence(body.integer(), MembershipCodec.part(body, MembershipCodec::present));
            default -> null;
        };
    }

    private ByteSink entry(ClusterFrame.Entry entry, ByteSink to) {
        return messages.message(entry.message(), to.text(entry.topic()))
                .text(entry.id())
                .number(entry.at());
    }

    private ClusterFrame.Entry entry(ByteSource from) {
        String topic = from.text();
        Message message = messages.message(from);
        return new ClusterFrame.Entry(topic, from.text(), from.number(), message);
    }

    private ClusterFrame.Stored stored(ByteSource from) {
        UUID epoch = from.uuid();
        ClusterFrame.Entry entry = entry(from);
        return new ClusterFrame.Stored(epoch, from.number(), entry);
    }

    private ClusterFrame.Publish published(ByteSource from) {
        String topic = from.text();
        Message message = messages.message(from);
        return new ClusterFrame.Publish(topic, from.optional(ByteSource::text), message);
    }

    private static ByteSink refused(ClusterFrame.Refused refused, ByteSink to) {
        return to.uuid(refused.message())
                .optional(refused.origin(), MessageCodec::address)
                .list(refused.errors(), MessageCodec::error);
    }

    private static ClusterFrame.Refused refused(ByteSource from) {
        return new ClusterFrame.Refused(
                from.uuid(), from.optional(MessageCodec::session), from.list(MessageCodec::error));
    }
}
