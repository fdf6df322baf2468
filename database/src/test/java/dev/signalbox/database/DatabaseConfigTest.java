package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseConfigTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        jdbc:postgresql://db/app                         | jdbc:postgresql://db/app
        jdbc:postgresql://db:5433/app?user=u&password=pw | jdbc:postgresql://db:5433/app
        jdbc:postgresql:app                              | jdbc:postgresql://localhost/app
        postgresql://u:pw@db/app                         | jdbc:postgresql://db/app
        postgres://u:pw@db:5433/app?sslmode=require      | jdbc:postgresql://db:5433/app
        postgresql://u:pw@db1:1,db2:2/app                | jdbc:postgresql://db1:1,db2:2/app
        pgx://u:pw@[::1]:5432/app                        | jdbc:postgresql://[::1]:5432/app
        sqlite:data/app.db                               | jdbc:sqlite:data/app.db
        SQLITE3:/var/app.db                              | jdbc:sqlite:/var/app.db
        jdbc:sqlite:app.db?_busy_timeout=100             | jdbc:sqlite:app.db
        """)
    void urlIsRead(String given, String url) {
        DatabaseConfig config = DatabaseConfig.of(given);
        assertThat(config.url()).isEqualTo(url);
        config.user().ifPresent(user -> assertThat(user).isEqualTo("u"));
        config.password().ifPresent(password -> assertThat(password).isEqualTo("pw"));
    }

    @Test
    void keywordsAreRead() {
        DatabaseConfig config = DatabaseConfig.of(
                "PostgreSQL",
                "user=gorm password='it\\'s a \\\\ secret' dbname=app port=9920 sslmode=disable TimeZone=Asia/Shanghai"
                        + " connect_timeout=7 application_name=mine");
        assertThat(config.url()).isEqualTo("jdbc:postgresql://localhost:9920/app");
        assertThat(config.user()).contains("gorm");
        assertThat(config.password()).contains("it's a \\ secret");
        assertThat(config.parameters())
                .containsEntry("sslmode", "disable")
                .containsEntry("connectTimeout", "7")
                .containsEntry("ApplicationName", "mine")
                .containsEntry("options", "-c TimeZone=Asia/Shanghai");
    }

    @Test
    void escapesInUrlsAreDecoded() {
        DatabaseConfig config = DatabaseConfig.of("postgresql://us%40er:p%2Fw%3A+x@db/app");
        assertThat(config.user()).contains("us@er");
        assertThat(config.password()).contains("p/w:+x");
    }

    @Test
    void sqliteFilesAreRead() {
        DatabaseConfig config = DatabaseConfig.of("sqlite", "file:data/app.db?_busy_timeout=9000&_fk=1");
        assertThat(config.url()).isEqualTo("jdbc:sqlite:data/app.db");
        assertThat(config.parameters()).containsOnlyKeys("busy_timeout").containsEntry("busy_timeout", "9000");
    }

    @Test
    void passwordIsNeverShown() {
        for (String given : new String[] {
            "postgresql://u:hunter2@db/app", "jdbc:postgresql://db/app?user=u&password=hunter2",
        }) {
            DatabaseConfig config = DatabaseConfig.of(given);
            assertThat(config.toString() + config.url() + config.place() + config.parameters())
                    .doesNotContain("hunter2");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseConfig.of("postgresql://u:hunter2 and more@db/app"))
                .satisfies(e -> assertThat(e.toString()).doesNotContain("hunter2"))
                .withNoCause();
    }

    @Test
    void userAndPasswordCanBeGivenApart() {
        DatabaseConfig config =
                DatabaseConfig.of("postgresql://db/app").withUser("u").withPassword("pw");
        assertThat(config.user()).contains("u");
        assertThat(config.password()).contains("pw");
    }

    @ParameterizedTest
    @ValueSource(strings = {"oracle", "", "my sql"})
    void otherDialectsAreRefusedWithAListOfThoseThereAre(String dialect) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseConfig.of(dialect, "somewhere"))
                .withMessageContaining("database dialect '" + dialect + "' is not supported")
                .withMessageContaining("postgresql (also postgres, pg, pgx)")
                .withMessageContaining("mysql (also mariadb)")
                .withMessageContaining("sqlserver (also mssql)")
                .withMessageContaining("sqlite (also sqlite3)");
    }

    @ParameterizedTest
    @CsvSource({
        "mysql, MYSQL",
        "MariaDB, MYSQL",
        "SQLSERVER, SQLSERVER",
        "MsSql, SQLSERVER",
        "Pg, POSTGRESQL",
        "pgx, POSTGRESQL",
        "Postgres, POSTGRESQL",
        " PostgreSQL , POSTGRESQL",
        "sqlite3, SQLITE",
        "SQLite, SQLITE"
    })
    void dialectsGoByTheirUsualNamesInAnyCase(String name, Dialect dialect) {
        assertThat(Dialect.parse(name)).isEqualTo(dialect);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "oracle:thin:x",
                "app.db",
                "",
                "postgresql://db",
                "postgresql://db/",
                "sqlite:",
                "sqlite::memory:",
                "sqlite:file:x?mode=memory",
                "sqlite:x.db?_secret=1",
                "sqlite:x.db?_timeout=soon",
                "jdbc:oracle:thin:@db/app",
                "mysql://db",
                "mysql:u:hunter2@unix(/run/mysqld.sock)/app",
                "mysql://u:hunter2@db/app?tls=preferred",
                "mysql://u:hunter2@db/app?secret=1",
                "mysql://db:65536/app",
                "sqlserver://u:hunter2@db",
                "sqlserver://u:hunter2@db?database=app&secret=1",
                "jdbc:sqlserver://db;databaseName=app;password={hunter2",
                "jdbc:sqlserver://db;databaseName=app;hunter2",
                "postgresql://db:port/app",
                "postgresql://db:65536/app",
                "jdbc:postgresql:u:hunter2@db/app",
                "postgresql://db/u:hunter2@app"
            })
    void unusableIsRefused(String given) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseConfig.of(given))
                .withMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dbname", "user='x dbname=app", "=x dbname=app", "host = a b c=d"})
    void malformedKeywordsAreRefused(String given) {
        assertThatIllegalArgumentException().isThrownBy(() -> DatabaseConfig.of("pg", given));
    }

    @Test
    void sizesAreBounded() {
        DatabaseConfig config = DatabaseConfig.of("sqlite:x.db");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.withPoolSize(1))
                .withMessageContaining("2 to 500");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.withConnectTimeout(Duration.ZERO))
                .withMessageContaining("100 ms");
    }
}
