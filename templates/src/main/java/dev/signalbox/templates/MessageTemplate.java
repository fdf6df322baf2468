package dev.signalbox.templates;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What messages are made of, on one channel in one language. Immutable.
 *
 * @param name 1 to 64 lower-case letters, digits, dots, hyphens and underscores
 * @param channel the channel that it is for; empty for every channel that has none of its own
 * @param locale a language tag (BCP 47) in lower case, such as {@code de} or {@code de-at}; empty where no other fits
 * @param version counts from 1 for each name, channel and locale
 * @param engine what subject and body are written in
 * @param subject of mail
 * @param html whether the body is HTML, so that variables in it are escaped
 */
public record MessageTemplate(
        String name,
        String channel,
        String locale,
        int version,
        TemplateEngine engine,
        Optional<String> subject,
        String body,
        boolean html,
        Instant createdAt) {
    /** The most characters of a subject's template. */
    public static final int LONGEST_SUBJECT = 500;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    private static final Pattern CHANNEL = Pattern.compile("|[a-z][a-z0-9-]{0,15}");
    private static final Pattern LOCALE = Pattern.compile("|[a-z]{2,8}(-[a-z0-9]{1,8}){0,5}");

    public MessageTemplate {
        require(NAME, name, "name", "1 to 64 lower-case letters, digits, dots, hyphens and underscores");
        require(CHANNEL, channel, "channel", "the name of a channel, such as email");
        require(LOCALE, locale, "locale", "a language tag in lower case, such as de or de-at");
        subject.ifPresent(text -> checkSubject(text, engine, locale));
        named("body", () -> engine.compile(body, html, locale));
    }

    /** What a template makes of its variables. */
    public record Rendered(Optional<String> subject, String body, boolean html) {}

    /** One in Mustache that is not stored yet. */
    public static MessageTemplate draft(
            String name, String channel, String locale, Optional<String> subject, String body, boolean html) {
        return draft(name, channel, locale, TemplateEngine.MUSTACHE, subject, body, html);
    }

    /** One that is not stored yet. */
    public static MessageTemplate draft(
            String name,
            String channel,
            String locale,
            TemplateEngine engine,
            Optional<String> subject,
            String body,
            boolean html) {
        return new MessageTemplate(name, channel, locale, 1, engine, subject, body, html, Instant.EPOCH);
    }

    /**
     * One whose body is MJML, which becomes HTML here; that HTML is what is stored.
     *
     * @throws TemplateException if it is no MJML
     */
    public static MessageTemplate mjml(
            String name,
            String channel,
            String locale,
            TemplateEngine engine,
            Optional<String> subject,
            String source) {
        require(LOCALE, locale, "locale", "a language tag in lower case, such as de or de-at");
        String compiled = named("body", () -> Mjml.compile(source, locale));
        return draft(name, channel, locale, engine, subject, compiled, true);
    }

    /** Whether a template can be under this name, channel and locale; in a database, other texts may not even be asked for. */
    static boolean canBe(String name, String channel, String locale) {
        return NAME.matcher(name).matches()
                && CHANNEL.matcher(channel).matches()
                && LOCALE.matcher(locale).matches();
    }

    MessageTemplate stored(int newVersion, Instant at) {
        return new MessageTemplate(name, channel, locale, newVersion, engine, subject, body, html, at);
    }

    private static void require(Pattern pattern, String text, String field, String allowed) {
        if (!pattern.matcher(text).matches()) {
            throw new TemplateException(field + " is not " + allowed);
        }
    }

    private static void checkSubject(String text, TemplateEngine engine, String locale) {
        if (text.length() > LONGEST_SUBJECT) {
            throw new TemplateException("subject is longer than " + LONGEST_SUBJECT + " characters");
        }
        named("subject", () -> engine.compile(text, false, locale));
    }

    private interface Making<T> {
        T make();
    }

    private static <T> T named(String field, Making<T> making) {
        try {
            return making.make();
        } catch (TemplateException wrong) {
            throw new TemplateException(field + ": " + wrong.getMessage(), wrong);
        }
    }

    /** The names of the variables that it takes, sorted. */
    public Set<String> variables() {
        Set<String> all = new TreeSet<>(engine.compile(body, html, locale).variables());
        subject.ifPresent(text -> all.addAll(engine.compile(text, false, locale).variables()));
        return all;
    }

    /**
     * Renders subject and body. A line break in the subject becomes a blank.
     *
     * @throws TemplateException if a variable is missing, or the result is too long or empty
     */
    public Rendered render(Map<String, ?> values) {
        Optional<String> title = subject.map(text -> named(
                        "subject", () -> engine.compile(text, false, locale).render(values)))
                .map(text -> text.replaceAll("\\p{Cntrl}+", " ").strip());
        String text = named("body", () -> engine.compile(body, html, locale).render(values));
        if (text.isBlank()) {
            throw new TemplateException("body: nothing is left of it with these variables");
        }
        return new Rendered(title, text, html);
    }
}
