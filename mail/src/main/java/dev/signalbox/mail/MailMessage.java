package dev.signalbox.mail;

import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A message. Immutable and thread-safe; every attempt to send it writes the same bytes, with the same Message-ID.
 *
 * <p>No field takes a line break or another control character: {@link Builder} throws {@link IllegalArgumentException}, which
 * names the field. Recipients of {@code bcc} are in no header.
 */
public final class MailMessage {
    private final Builder built;
    private final List<MailAddress> to;
    private final List<MailAddress> cc;
    private final List<MailAddress> bcc;
    private final Instant date;
    private final String id;
    private final String text;

    /** How urgent the sender thinks it is. */
    public enum Priority {
        HIGH,
        NORMAL,
        LOW
    }

    private MailMessage(Builder from) {
        built = from;
        var seen = new LinkedHashMap<String, MailAddress>();
        to = unseen(seen, from.to);
        cc = unseen(seen, from.cc);
        bcc = unseen(seen, from.bcc);
        date = (from.date == null ? InstantSource.system().instant() : from.date).truncatedTo(ChronoUnit.SECONDS);
        id = from.messageId == null ? UUID.randomUUID().toString() : from.messageId;
        text = from.text != null ? from.text : from.html == null ? "" : PlainText.of(from.html);
    }

    public static Builder builder() {
        return new Builder();
    }

    private static List<MailAddress> unseen(Map<String, MailAddress> seen, List<MailAddress> all) {
        return all.stream()
                .filter(address -> seen.putIfAbsent(address.key(), address) == null)
                .toList();
    }

    /** Empty if the sender's own address is to be used. */
    public Optional<MailAddress> from() {
        return Optional.ofNullable(built.from);
    }

    /** Where bounces go; the address in {@code from} if not given. */
    public Optional<MailAddress> returnPath() {
        return Optional.ofNullable(built.returnPath);
    }

    /** Without addresses that occur before; case does not count. The same holds for {@link #cc} and {@link #bcc}. */
    public List<MailAddress> to() {
        return to;
    }

    public List<MailAddress> cc() {
        return cc;
    }

    public List<MailAddress> bcc() {
        return bcc;
    }

    public List<MailAddress> replyTo() {
        return List.copyOf(built.replyTo);
    }

    public String subject() {
        return built.subject;
    }

    public Optional<String> html() {
        return Optional.ofNullable(built.html);
    }

    /** As given, or derived from the HTML with its links and lists; empty if there is neither. */
    public String text() {
        return text;
    }

    public List<Attachment> attachments() {
        return List.copyOf(built.attachments);
    }

    /** Images by the content id with which the HTML shows them: {@code <img src="cid:logo">}. */
    public Map<String, Attachment> images() {
        return Map.copyOf(built.images);
    }

    public Priority priority() {
        return built.priority;
    }

    public Optional<CalendarInvite> invite() {
        return Optional.ofNullable(built.invite);
    }

    public Optional<Unsubscribe> unsubscribe() {
        return Optional.ofNullable(built.unsubscribe);
    }

    /** In whole seconds. */
    public Instant date() {
        return date;
    }

    /** Without brackets. If none was given and {@code from} is missing, the sender adds its domain. */
    public String messageId() {
        return id.contains("@")
                ? id
                : from().map(address -> id + "@" + address.domain()).orElse(id);
    }

    List<Header> headers() {
        return List.copyOf(built.headers);
    }

    List<MailAddress> recipients() {
        var all = new ArrayList<MailAddress>(to);
        all.addAll(cc);
        all.addAll(bcc);
        return all;
    }

    /** The same message from {@code address}, unless it says itself whom it is from. */
    MailMessage withDefaultFrom(MailAddress address) {
        if (built.from != null) {
            return this;
        }
        var copy = built.copy();
        copy.date = date;
        copy.messageId = id;
        copy.text = text;
        copy.from = address;
        return new MailMessage(copy);
    }

    @Override
    public String toString() {
        return "MailMessage[" + messageId() + ", to " + recipients().size() + "]";
    }

    /** Collects a message. Not thread-safe. */
    public static final class Builder {
        private static final int MOST_RECIPIENTS = 10_000;
        private static final int MOST_HEADERS = 100;
        private static final int MOST_FILES = 1_000;
        private static final Pattern ID =
                Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,200}(@[A-Za-z0-9.\\[\\]:-]{1,255})?");
        private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+^_`|~-]{1,60}");
        private static final Set<String> OURS = Set.of(
                "from",
                "to",
                "cc",
                "bcc",
                "reply-to",
                "subject",
                "date",
                "message-id",
                "mime-version",
                "sender",
                "return-path",
                "received",
                "dkim-signature",
                "list-unsubscribe",
                "list-unsubscribe-post");

        private @Nullable MailAddress from;
        private @Nullable MailAddress returnPath;
        private final List<MailAddress> to = new ArrayList<>();
        private final List<MailAddress> cc = new ArrayList<>();
        private final List<MailAddress> bcc = new ArrayList<>();
        private final List<MailAddress> replyTo = new ArrayList<>();
        private String subject = "";
        private @Nullable String html;
        private @Nullable String text;
        private final List<Attachment> attachments = new ArrayList<>();
        private final Map<String, Attachment> images = new LinkedHashMap<>();
        private final List<Header> headers = new ArrayList<>();
        private Priority priority = Priority.NORMAL;
        private @Nullable CalendarInvite invite;
        private @Nullable Unsubscribe unsubscribe;
        private @Nullable Instant date;
        private @Nullable String messageId;

        private Builder() {}

        private Builder copy() {
            var copy = new Builder();
            copy.from = from;
            copy.returnPath = returnPath;
            copy.to.addAll(to);
            copy.cc.addAll(cc);
            copy.bcc.addAll(bcc);
            copy.replyTo.addAll(replyTo);
            copy.subject = subject;
            copy.html = html;
            copy.text = text;
            copy.attachments.addAll(attachments);
            copy.images.putAll(images);
            copy.headers.addAll(headers);
            copy.priority = priority;
            copy.invite = invite;
            copy.unsubscribe = unsubscribe;
            copy.date = date;
            copy.messageId = messageId;
            return copy;
        }

        /** {@code alice@example.com} or {@code Alice <alice@example.com>}, as everywhere here. */
        public Builder from(String address) {
            return from(MailAddress.of(address));
        }

        public Builder from(MailAddress address) {
            from = address;
            return this;
        }

        /** Where bounces go, if not to {@code from}. */
        public Builder returnPath(String address) {
            returnPath = MailAddress.of(address);
            return this;
        }

        public Builder to(String... addresses) {
            return add(to, addresses);
        }

        public Builder to(MailAddress address) {
            to.add(address);
            return this;
        }

        public Builder cc(String... addresses) {
            return add(cc, addresses);
        }

        /** Recipients whom the others do not see. */
        public Builder bcc(String... addresses) {
            return add(bcc, addresses);
        }

        public Builder replyTo(String... addresses) {
            return add(replyTo, addresses);
        }

        private Builder add(List<MailAddress> list, String... addresses) {
            for (String address : addresses) {
                list.add(MailAddress.of(address));
            }
            return this;
        }

        public Builder subject(String value) {
            subject = SingleLine.check("subject", value).strip();
            return this;
        }

        public Builder html(String value) {
            html = noNul("html", value);
            return this;
        }

        /** The alternative for those who read no HTML, or the only text. Derived from the HTML if not given. */
        public Builder text(String value) {
            text = noNul("text", value);
            return this;
        }

        public Builder attach(Attachment... files) {
            attachments.addAll(List.of(files));
            return this;
        }

        /** An image that the HTML shows with {@code <img src="cid:ID">}. */
        public Builder image(String contentId, Attachment image) {
            check(
                    ID.matcher(contentId).matches(),
                    "content id '" + contentId + "' has characters other than letters and digits");
            check(
                    images.putIfAbsent(contentId, image) == null,
                    "there are two images with the content id '" + contentId + "'");
            return this;
        }

        /**
         * Adds a header that no method here stands for, such as {@code In-Reply-To}.
         *
         * @throws IllegalArgumentException for one that a method stands for, or that the message itself writes
         */
        public Builder header(String name, String value) {
            check(HEADER_NAME.matcher(name).matches(), "'" + printable(name) + "' is not the name of a header");
            String lower = name.toLowerCase(Locale.ROOT);
            check(
                    !OURS.contains(lower) && !lower.startsWith("content-"),
                    "header " + name + " is written by the message itself: use the builder's method for it");
            String encoded = HeaderText.unstructured(
                    SingleLine.check("header " + name, value).strip());
            headers.add(new Header(name, encoded));
            return this;
        }

        public Builder priority(Priority value) {
            priority = value;
            return this;
        }

        public Builder invite(CalendarInvite value) {
            invite = value;
            return this;
        }

        public Builder unsubscribe(Unsubscribe value) {
            unsubscribe = value;
            return this;
        }

        public Builder unsubscribe(String oneClickLink) {
            return unsubscribe(Unsubscribe.oneClick(URI.create(oneClickLink)));
        }

        /** When it was written; now, if not given. */
        public Builder date(Instant value) {
            date = value;
            return this;
        }

        /** Without brackets; {@code from}'s domain is added if there is no {@code @}. Random if not given. */
        public Builder messageId(String value) {
            check(ID.matcher(value).matches(), "message id '" + printable(value) + "' is not written as id@domain");
            messageId = value;
            return this;
        }

        /**
         * Checks and makes the message.
         *
         * @throws IllegalArgumentException without a recipient, or with nothing to say: no text, HTML, attachment or invite
         */
        public MailMessage build() {
            int recipients = to.size() + cc.size() + bcc.size();
            check(recipients > 0, "the message has no recipient: give to, cc or bcc");
            check(
                    recipients <= MOST_RECIPIENTS,
                    "the message has " + recipients + " recipients, at most " + MOST_RECIPIENTS);
            check(headers.size() <= MOST_HEADERS, "the message has more than " + MOST_HEADERS + " headers");
            check(
                    attachments.size() + images.size() <= MOST_FILES,
                    "the message has more than " + MOST_FILES + " files");
            check(
                    text != null || html != null || invite != null || !attachments.isEmpty(),
                    "the message is empty: give text or html");
            check(html != null || images.isEmpty(), "the message has images, but no html that shows them");
            return new MailMessage(copy());
        }

        private static String noNul(String field, String value) {
            check(value.indexOf('\0') < 0, field + " contains the character NUL");
            return value;
        }

        private static String printable(String text) {
            return text.replaceAll("\\p{Cntrl}", "?");
        }

        private static void check(boolean holds, String violation) {
            if (!holds) {
                throw new IllegalArgumentException(violation);
            }
        }
    }
}
