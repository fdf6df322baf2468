package dev.signalbox.testing.sqlserver;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement in the Transact-SQL that this project writes, in words of H2. It knows no other.
 *
 * @param sql what H2 executes
 * @param passesOver whether a row that is there already is no failure
 */
record TransactSql(String sql, boolean passesOver) {
    /** Changes nothing. */
    private static final String NOTHING = "set @nothing = 1";

    private static final Pattern PASSING_OVER = Pattern.compile(
            "begin try (.*); end try begin catch if error_number\\(\\).* end catch",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Pattern APPLOCK = Pattern.compile("declare @got int; exec @got = sp_getapplock .*");
    private static final Pattern RENAME = Pattern.compile("exec sp_rename '(\\w+)', '(\\w+)'");
    private static final Pattern COMMENTS_BEFORE = Pattern.compile("^(?:\\s*--.*\n)+");
    private static final Pattern NUMBERING = Pattern.compile("set identity_insert \\w+ (?:on|off);?");
    private static final Pattern TABLE_OPTION = Pattern.compile("alter table \\w+ set \\(.*\\)");

    private static final Pattern HINTS = Pattern.compile("\\s+with \\(([a-z, ]*lock[a-z, ]*)\\)");
    private static final Pattern COLLATION = Pattern.compile("\\s+collate \\w+");
    private static final Pattern ANY_CASE = Pattern.compile("\\s+collate \\w+_CI_AS like ");
    private static final Pattern COMPUTED = Pattern.compile("(\\w+)\\s+as (\\(.*\\)) persisted");

    private static final Pattern OUTPUT =
            Pattern.compile("(update .*)\\s+output inserted\\.(\\w+)\\s+(where .*)", Pattern.DOTALL);

    private static final Pattern FILTERED_KEY =
            Pattern.compile("create unique index (\\w+) on (\\w+) \\((\\w+)(?:, \\w+)*\\) where (.*)");

    private static final Pattern UNLESS_THERE =
            Pattern.compile("if object_id\\('(\\w+)'\\) is null\\s+create table \\1\\b");

    private static final Pattern INDEX_OF_TABLE = Pattern.compile(",((?:\\s|--.*\n)*)index \\w+ \\([^)]*\\)");
    private static final Pattern FILTERED_INDEX = Pattern.compile("(create index \\w+ on \\w+ \\([^)]*\\)) where .*");

    static TransactSql of(String given) {
        Matcher passing = PASSING_OVER.matcher(given);
        if (passing.matches()) {
            return new TransactSql(translated(passing.group(1)), true);
        }
        return new TransactSql(translated(given), false);
    }

    private static String translated(String given) {
        String text = NUMBERING
                .matcher(COMMENTS_BEFORE.matcher(given).replaceFirst(""))
                .replaceAll("")
                .strip();
        if (APPLOCK.matcher(text).matches()) {
            return "select 0";
        }
        if (text.isEmpty() || TABLE_OPTION.matcher(text).matches()) {
            return NOTHING;
        }
        text = RENAME.matcher(text).replaceFirst("alter table $1 rename to $2");
        text = text.replace("datediff_big(", "datediff(").replace(" nonclustered", "");
        text = ANY_CASE.matcher(text).replaceAll(" ilike ");
        text = COLLATION.matcher(text).replaceAll("");
        text = COMPUTED.matcher(text).replaceAll("$1 bigint generated always as $2");
        text = OUTPUT.matcher(text).replaceFirst("select $2 from final table ($1 $3)");
        text = FILTERED_KEY.matcher(text).replaceFirst(TransactSql::key);
        text = UNLESS_THERE.matcher(text).replaceFirst("create table if not exists $1");
        text = INDEX_OF_TABLE.matcher(text).replaceAll("$1");
        text = FILTERED_INDEX.matcher(text).replaceFirst("$1");
        return locked(text);
    }

    /** As a column that has the key where the condition holds, and null elsewhere. */
    private static String key(MatchResult index) {
        String name = index.group(1);
        String table = index.group(2);
        return Matcher.quoteReplacement("alter table " + table + " add " + name + " nvarchar(1000) generated always as"
                + " (case when " + index.group(4) + " then " + index.group(3) + " end);"
                + " create unique nulls distinct index " + name + "_key on " + table + " (" + name + ")");
    }

    private static String locked(String text) {
        Matcher hints = HINTS.matcher(text);
        if (!hints.find()) {
            return text;
        }
        String plain = hints.replaceAll("");
        if (!text.startsWith("select")) {
            return plain;
        }
        return plain + " for update" + (hints.reset().results().anyMatch(TransactSql::readsPast) ? " skip locked" : "");
    }

    private static boolean readsPast(MatchResult hints) {
        return hints.group(1).contains("readpast");
    }
}
