package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Topic;
import java.util.ArrayList;
import java.util.List;

/** One topic in one event loop: what was encoded last, and who reads it. For that loop. */
final class Feed {
    final Topic topic;
    /** One for each format that a member has had; there are only a few formats. */
    private final List<Segment> segments = new ArrayList<>(1);

    private final List<Member> members = new ArrayList<>();
    private final List<Member> lagging = new ArrayList<>();

    /** The offset of the last message that this loop has seen. */
    long offset;

    /** Whether it is on the outbox's list of those to finish. */
    boolean touched;

    Feed(Topic topic, long offset) {
        this.topic = topic;
        this.offset = offset;
    }

    /**
     * The segment for a format. What goes to all may come as mere payloads; a topic's messages need their offsets told.
     */
    Segment segment(WireFormat wanted) {
        WireFormat format = topic.name().isEmpty() ? wanted : wanted.enveloped();
        for (int i = 0; i < segments.size(); i++) {
            if (segments.get(i).format().equals(format)) {
                return segments.get(i);
            }
        }
        Segment made = new Segment(format);
        segments.add(made);
        return made;
    }

    List<Segment> segments() {
        return segments;
    }

    List<Member> members() {
        return members;
    }

    List<Member> lagging() {
        return lagging;
    }

    /** The longest of its segments, in bytes. */
    int size() {
        int size = 0;
        for (int i = 0; i < segments.size(); i++) {
            size = Math.max(size, segments.get(i).size());
        }
        return size;
    }

    void clear() {
        segments.forEach(Segment::clear);
    }

    void add(Member member) {
        member.index = members.size();
        members.add(member);
        member.segment.addReader();
        member.cursor = member.segment.size();
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
        member.segment.removeReader();
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
        member.cursor = member.segment.size();
    }
}
