package dev.signalbox.delivery.sms;

import java.util.Arrays;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What each HTTP status means by a provider's contract. Immutable.
 *
 * <p>The {@linkplain #usual() usual one} takes for "not sent" only what no server says after it has acted: 429, and what tells
 * of wrong settings. Not 503, nor any other 5xx: often it comes from something in front of the provider that gave up waiting.
 * And not 409: to a repeated key it says that the first request is still under way.
 */
public final class StatusContract {
    private static final Pattern RULE = Pattern.compile("([1-9]\\d\\d)(?:-([1-9]\\d\\d))?=([a-z_-]+)");
    private static final int FIRST = 200;
    private static final int LAST = 999;

    private final AnswerMeaning[] meanings;

    private StatusContract(AnswerMeaning[] meanings) {
        this.meanings = meanings;
    }

    /**
     * The meanings by HTTP itself, for a provider that promises no more.
     *
     * <table>
     * <caption>The usual meanings</caption>
     * <tr><td>200, 201, 202</td><td>accepted, if the rest of the answer says so, too</td></tr>
     * <tr><td>429</td><td>not sent</td></tr>
     * <tr><td>301, 302, 303, 307, 308, 401, 402, 403, 404, 405, 407, 421</td><td>account: URL, token, credit, rights</td></tr>
     * <tr><td>408, 409, 425</td><td>unknown</td></tr>
     * <tr><td>other 4xx</td><td>rejected</td></tr>
     * <tr><td>everything else</td><td>unknown</td></tr>
     * </table>
     */
    public static StatusContract usual() {
        var meanings = new AnswerMeaning[LAST + 1];
        Arrays.fill(meanings, AnswerMeaning.UNKNOWN);
        Arrays.fill(meanings, 200, 203, AnswerMeaning.ACCEPTED);
        Arrays.fill(meanings, 400, 500, AnswerMeaning.REJECTED);
        for (int account : new int[] {301, 302, 303, 307, 308, 401, 402, 403, 404, 405, 407, 421}) {
            meanings[account] = AnswerMeaning.ACCOUNT;
        }
        for (int unknown : new int[] {408, 409, 425}) {
            meanings[unknown] = AnswerMeaning.UNKNOWN;
        }
        meanings[429] = AnswerMeaning.NOT_SENT;
        return new StatusContract(meanings);
    }

    public StatusContract with(int status, AnswerMeaning meaning) {
        return with(status, status, meaning);
    }

    private StatusContract with(int first, int last, AnswerMeaning meaning) {
        check(first >= FIRST && first <= last && last <= LAST, first + "-" + last);
        var changed = meanings.clone();
        Arrays.fill(changed, first, last + 1, meaning);
        return new StatusContract(changed);
    }

    /**
     * With further rules, the later over the earlier.
     *
     * @param rules such as {@code 503=not-sent, 520-529=not-sent, 404=rejected}; may be empty
     * @throws IllegalArgumentException naming the rule that cannot be read
     */
    public StatusContract with(String rules) {
        var result = this;
        for (String rule : rules.isBlank() ? new String[0] : rules.split(",", -1)) {
            var read = RULE.matcher(rule.strip());
            check(read.matches(), rule.strip());
            int first = Integer.parseInt(read.group(1));
            int last = read.group(2) == null ? first : Integer.parseInt(read.group(2));
            check(first >= FIRST && first <= last, rule.strip());
            result = result.with(first, last, meaning(rule, read.group(3)));
        }
        return result;
    }

    private static AnswerMeaning meaning(String rule, String written) {
        return Arrays.stream(AnswerMeaning.values())
                .filter(each -> written(each).equals(written))
                .findFirst()
                .orElseThrow(() -> unreadable(rule.strip()));
    }

    static String written(AnswerMeaning meaning) {
        return meaning.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void check(boolean holds, String rule) {
        if (!holds) {
            throw unreadable(rule);
        }
    }

    private static IllegalArgumentException unreadable(String rule) {
        String allowed = Arrays.stream(AnswerMeaning.values())
                .map(StatusContract::written)
                .collect(Collectors.joining(", "));
        return new IllegalArgumentException(
                "'" + rule + "' is not a status from 200 to 999 or a range, '=' and one of " + allowed);
    }

    AnswerMeaning of(int status) {
        return meanings[status];
    }

    @Override
    public String toString() {
        var byMeaning = new TreeMap<AnswerMeaning, Integer>();
        Arrays.stream(meanings, FIRST, LAST + 1).forEach(each -> byMeaning.merge(each, 1, Integer::sum));
        return "StatusContract" + byMeaning;
    }
}
