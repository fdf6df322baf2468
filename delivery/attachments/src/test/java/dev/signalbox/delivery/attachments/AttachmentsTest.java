package dev.signalbox.delivery.attachments;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.contract.MovableClock;
import dev.signalbox.testing.services.StoreDatabase;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What attachments are on any database. */
@ParameterizedClass
@MethodSource("dev.signalbox.testing.services.StoreDatabase#each")
class AttachmentsTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final String PDF = "application/pdf";

    private final MovableClock clock = new MovableClock(START);
    private final StoreDatabase where;
    private Database database;
    private Attachments files;

    AttachmentsTest(StoreDatabase where) {
        this.where = where;
    }

    @BeforeEach
    void open() {
        database = Database.open(DatabaseConfig.of(where.url()));
        files = Attachments.on(database, AttachmentLimits.usual().withLargest(1_000_000), clock);
        for (String table : List.of("attachment", "attachment_content", "attachment_chunk")) {
            database.autoCommit(connection -> {
                try (var statement = connection.createStatement()) {
                    return statement.executeUpdate("delete from " + table);
                }
            });
        }
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aFileIsReadAsItWasSaved() throws IOException {
        byte[] bytes = random(3 * AttachmentRows.PART / 2);
        StoredFile saved = save("Rechnung für März.pdf", bytes);
        assertThat(files.find(saved.id())).contains(saved);
        assertThat(saved.size()).isEqualTo(bytes.length);
        assertThat(content(saved)).isEqualTo(bytes);
        assertThat(content(save("empty.txt", new byte[0]))).isEmpty();
        assertThat(content(save("whole.bin", random(2 * AttachmentRows.PART)))).hasSize(2 * AttachmentRows.PART);
    }

    @Test
    void aContentIsStoredOnceWhateverTheNumberOfFiles() throws IOException {
        StoredFile one = save("one.pdf", "same".getBytes(UTF_8));
        StoredFile other = save("other.pdf", "same".getBytes(UTF_8));
        assertThat(one.id()).isNotEqualTo(other.id());
        assertThat(one.sha256()).isEqualTo(other.sha256());
        assertThat(count("attachment_content")).isEqualTo(1);
        assertThat(count("attachment_chunk")).isEqualTo(1);
        assertThat(content(other)).isEqualTo(content(one));
    }

    @Test
    void whatIsTooLargeLeavesNothing() {
        assertThatThrownBy(() -> save("large.pdf", new byte[1_000_001])).isInstanceOf(FileTooLargeException.class);
        assertThat(count("attachment_content")).isZero();
    }

    @Test
    void namesAndTypesThatCannotBeAreRefused() {
        for (String name : List.of("", " ", "a/b", "a\\b", "a\nb", "x".repeat(256), "\ud800")) {
            assertThatThrownBy(() -> save(name, new byte[1]))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("name");
        }
        assertThatThrownBy(() -> files.save("a", "pdf", InputStream.nullInputStream()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("type");
    }

    @Test
    void whatIsNotUsedIsRemovedAndItsContentWithTheLastFile() throws IOException {
        StoredFile one = save("one.pdf", "same".getBytes(UTF_8));
        StoredFile other = save("other.pdf", "same".getBytes(UTF_8));
        clock.advance(Duration.ofDays(20));
        assertThat(files.use(List.of(other.id(), new UUID(0, 1)))).containsExactly(other.id());
        clock.advance(Duration.ofDays(20));
        assertThat(files.removeExpired()).isEqualTo(1);
        assertThat(files.find(one.id())).isEmpty();
        assertThat(content(other)).isEqualTo("same".getBytes(UTF_8));
        clock.advance(Duration.ofDays(20));
        assertThat(files.removeExpired()).isEqualTo(2);
        assertThat(count("attachment_chunk")).isZero();
        assertThatThrownBy(() -> files.open(other.id())).isInstanceOf(FileNotFoundException.class);
        assertThat(files.use(List.of())).isEmpty();
    }

    @Test
    void aFileThatIsRemovedWhileItIsReadIsNotTakenForAShortOne() throws IOException {
        StoredFile saved = save("a.bin", random(AttachmentRows.PART + 1));
        try (InputStream in = files.open(saved.id())) {
            assertThat(in.readNBytes(10)).hasSize(10);
            clock.advance(Duration.ofDays(40));
            files.removeExpired();
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class).hasMessageContaining("removed");
        }
    }

    /** While contents without files are removed, the same contents are saved: each file that was saved can be read. */
    @Test
    void savingAndRemovingAtOnceLosesNoContent() throws Exception {
        for (int round = 0; round < 5; round++) {
            byte[] bytes = random(1_000);
            save("old.bin", bytes);
            clock.advance(Duration.ofDays(40));
            List<Callable<List<StoredFile>>> work = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                work.add(() -> List.of(save("new.bin", bytes)));
                work.add(() -> {
                    files.removeExpired();
                    return List.of();
                });
            }
            try (var threads = Executors.newFixedThreadPool(8)) {
                for (Future<List<StoredFile>> each : threads.invokeAll(work)) {
                    for (StoredFile saved : each.get()) {
                        assertThat(content(saved)).isEqualTo(bytes);
                    }
                }
            }
        }
    }

    private StoredFile save(String name, byte[] bytes) throws IOException {
        return files.save(name, PDF, new ByteArrayInputStream(bytes));
    }

    private byte[] content(StoredFile file) throws IOException {
        try (InputStream in = files.open(file.id())) {
            return in.readAllBytes();
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private long count(String table) {
        return database.read(connection -> {
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery("select count(*) from " + table)) {
                row.next();
                return row.getLong(1);
            }
        });
    }
}
