package dev.signalbox.mail;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A mailbox. Invalid ones cannot be built: the constructor throws {@link IllegalArgumentException} with the reason.
 *
 * @param local what stands before the {@code @}: letters of any script, digits, and {@code !#$%&'*+-/=?^_`{|}~} with dots
 *     between them, or a quoted string; at most 64 octets
 * @param domain a domain name, kept in ASCII (IDNA2008) and lower case, or an address such as {@code [192.0.2.1]}
 * @param name what people see, if any
 */
public record MailAddress(String local, String domain, Optional<String> name) {
    private static final String ATOM = "(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|[^\\x00-\\x7F\\p{C}\\p{Z}])+";
    private static final Pattern DOTTED = Pattern.compile(ATOM + "(\\." + ATOM + ")*");
    private static final Pattern QUOTED = Pattern.compile("\"([^\"\\\\\\p{Cntrl}]|\\\\[ -~])*\"");
    private static final Pattern LITERAL = Pattern.compile("\\[(IPv6:[0-9A-Fa-f:.]{2,45}|[0-9.]{7,15})]");
    private static final Pattern NAMED = Pattern.compile("(?<name>[^<>]*)<(?<address>[^<>]*)>");
    private static final int LONGEST_LOCAL = 64;
    private static final int LONGEST_NAME = 500;

    public MailAddress {
        SingleLine.check("address", local + "@" + domain);
        check(
                DOTTED.matcher(local).matches() || QUOTED.matcher(local).matches(),
                local,
                domain,
                "the part before the @ has characters or dots that are not allowed there");
        check(
                SingleLine.octets(local) <= LONGEST_LOCAL,
                local,
                domain,
                "the part before the @ is longer than " + LONGEST_LOCAL + " octets");
        domain = ascii(local, domain);
        name = name.map(text -> SingleLine.check("name", text).strip()).filter(text -> !text.isEmpty());
        check(name.orElse("").length() <= LONGEST_NAME, local, domain, "its name has over 500 characters");
    }

    /**
     * Reads {@code alice@example.com}, {@code Alice <alice@example.com>} or {@code "Smith, Alice" <alice@example.com>}.
     *
     * @throws IllegalArgumentException if it is no single address
     */
    public static MailAddress of(String text) {
        SingleLine.check("address", text);
        var named = NAMED.matcher(text.strip());
        return named.matches()
                ? address(named.group("address"), Optional.of(unquoted(named.group("name"))))
                : address(text.strip(), Optional.empty());
    }

    /** The address with a name that people see, as it is. */
    public static MailAddress of(String name, String address) {
        return address(SingleLine.check("address", address).strip(), Optional.of(name));
    }

    private static MailAddress address(String text, Optional<String> name) {
        int at = text.lastIndexOf('@');
        if (at < 1) {
            throw new IllegalArgumentException("'" + text + "' is not a mail address: write it as name@example.com");
        }
        return new MailAddress(text.substring(0, at), text.substring(at + 1), name);
    }

    private static String unquoted(String name) {
        String text = name.strip();
        return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1).replaceAll("\\\\(.)", "$1")
                : text;
    }

    private static String ascii(String local, String domain) {
        if (LITERAL.matcher(domain).matches()) {
            return domain;
        }
        try {
            return Idna.toAscii(domain);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + local + "@" + domain + "' is not a mail address: its domain " + e.getMessage(), e);
        }
    }

    /** {@code local@domain}, without the name. */
    public String address() {
        return local + "@" + domain;
    }

    /** Whether only a server with SMTPUTF8 can carry it. A domain never needs that. */
    boolean needsUtf8() {
        return !SingleLine.isAscii(local);
    }

    /** The same for all spellings that differ in case only. */
    String key() {
        return address().toLowerCase(Locale.ROOT);
    }

    /** As it stands in a header. */
    String toHeader() {
        return name.map(text -> HeaderText.phrase(text) + " <" + address() + ">")
                .orElseGet(this::address);
    }

    private static void check(boolean holds, String local, String domain, String violation) {
        if (!holds) {
            throw new IllegalArgumentException("'" + local + "@" + domain + "' is not a mail address: " + violation);
        }
    }

    @Override
    public String toString() {
        return name.map(text -> text + " <" + address() + ">").orElseGet(this::address);
    }
}
