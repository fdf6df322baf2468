package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Topic;
import java.util.ArrayList;
import java.util.List;

/** One topic in one event loop: what was encoded last, and who reads it. For that loop. */
final class Feed {
    final Topic topic;
    /** What goes to all comes raw to those who like it so; a topic's messages need their offsets told, and come in JSON. */
    private final boolean hasRaw;

    private final Segment json = new Segment(false);
    private final Segment raw = new Segment(true);
    private final List<Segment> jsonOnly = List.of(json);
    private final List<Segment> rawOnly = List.of(raw);
    private final List<Segment> both = List.of(json, raw);
    private final List<Member> members = new ArrayList<>();
    private final List<Member> lagging = new ArrayList<>();
    private int rawMembers;

    /** The offset of the last message that this loop has seen. */
    long offset;

    /** Whether it is on the outbox's list of those to finish. */
    boolean touched;

    Feed(Topic topic, long offset) {
        this.topic = topic;
        this.offset = offset;
        this.hasRaw = topic.name().isEmpty();
    }

    private boolean isRaw(Member member) {
        return hasRaw && member.connection.isRaw();
    }

    Segment segment(Member member) {
        return isRaw(member) ? raw : json;
    }

    List<Member> members() {
        return members;
    }

    List<Member> lagging() {
        return lagging;
    }

    /** The longer of its segments, in bytes. */
    int size() {
        return Math.max(json.size(), raw.size());
    }

    /** The segments that some member reads. */
    List<Segment> inUse() {
        return rawMembers == 0 ? jsonOnly : rawMembers == members.size() ? rawOnly : both;
    }

    void clear() {
        json.clear();
        raw.clear();
    }

    void add(Member member) {
        member.index = members.size();
        members.add(member);
        rawMembers += isRaw(member) ? 1 : 0;
    }

    void remove(Member member) {
        if (member.isGone()) {
            return;
        }
        keepsUp(member);
        Member last = members.removeLast();
        if (last != member) {
            members.set(member.index, last);
            last.index = member.index;
        }
        member.index = Member.NOWHERE;
        rawMembers -= isRaw(member) ? 1 : 0;
    }

    void fallsBehind(Member member) {
        member.laggingIndex = lagging.size();
        lagging.add(member);
    }

    /** It has all that this loop has seen. */
    void keepsUp(Member member) {
        if (!member.isLagging()) {
            return;
        }
        Member last = lagging.removeLast();
        if (last != member) {
            lagging.set(member.laggingIndex, last);
            last.laggingIndex = member.laggingIndex;
        }
        member.laggingIndex = Member.NOWHERE;
        member.cursor = segment(member).size();
    }
}
