package dev.signalbox.delivery.queue;

import java.util.Optional;

/**
 * Who did something to a reach, and why.
 *
 * @param actor 1 to 200 characters
 * @param note 1 to 1000 characters, in one or more lines
 */
public record Remark(Optional<String> actor, Optional<String> note) {
    public static final Remark NONE = new Remark(Optional.empty(), Optional.empty());

    public Remark {
        actor.ifPresent(name -> {
            Limits.text("actor", name, Limits.ACTOR);
            Limits.noControls("actor", name);
        });
        note.ifPresent(text -> {
            Limits.text("note", text, Limits.NOTE);
            Limits.noControls("note", text.replace("\n", "").replace("\t", ""));
        });
    }

    public static Remark by(String actor) {
        return new Remark(Optional.of(actor), Optional.empty());
    }

    public Remark withNote(String text) {
        return new Remark(actor, Optional.of(text));
    }
}
