package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The data source names of Go's drivers, of ADO and of JDBC. */
class DataSourceNameTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        u:pw@tcp(127.0.0.1:3306)/app?charset=utf8mb4&parseTime=True&loc=Local | jdbc:mariadb://127.0.0.1:3306/app
        u:pw@tcp(db)/app                                                      | jdbc:mariadb://db/app
        u:pw@tcp([::1]:3307)/app                                              | jdbc:mariadb://[::1]:3307/app
        u:pw@/app                                                             | jdbc:mariadb://127.0.0.1:3306/app
        u:pw@tcp/app                                                          | jdbc:mariadb://127.0.0.1:3306/app
        mysql://u:pw@db:3307/app                                              | jdbc:mariadb://db:3307/app
        jdbc:mysql://db1,db2:3307/app?user=u&password=pw&useSSL=true          | jdbc:mariadb://db1,db2:3307/app
        jdbc:mariadb://db/app?user=u&password=pw&sslMode=verify-full          | jdbc:mariadb://db/app
        """)
    void mysqlIsRead(String dsn, String url) {
        DatabaseConfig config = DatabaseConfig.of("MySQL", dsn);
        assertThat(config.dialect()).isEqualTo(Dialect.MYSQL);
        assertThat(config.url()).isEqualTo(url);
        assertThat(config.user()).contains("u");
        assertThat(config.password()).contains("pw");
        assertThat(config.toString() + config.place()).doesNotContain("pw");
    }

    /** Passwords are as they are in Go's form. */
    @Test
    void mysqlsPasswordMayHoldAnything() {
        DatabaseConfig config = DatabaseConfig.of("mysql", "me:p@ss/w:%2Frd@tcp(db:3306)/app");
        assertThat(config.user()).contains("me");
        assertThat(config.password()).contains("p@ss/w:%2Frd");
        assertThat(config.url()).isEqualTo("jdbc:mariadb://db:3306/app");
    }

    @Test
    void mysqlsParametersAreTranslated() {
        assertThat(DatabaseConfig.of("mysql:u@tcp(db)/app?tls=skip-verify&timeout=3s&readTimeout=500ms")
                        .parameters())
                .isEqualTo(Map.of("sslMode", "trust", "connectTimeout", "3000", "socketTimeout", "500"));
        assertThat(DatabaseConfig.of("mysql://db/app?sslMode=VERIFY_IDENTITY&allowPublicKeyRetrieval=true")
                        .parameters())
                .isEqualTo(Map.of("sslMode", "verify-full", "allowPublicKeyRetrieval", "true"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseConfig.of("mysql://db/app?tls=preferred"))
                .withMessageContaining("skip-verify");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        sqlserver://u:pw@localhost:9930?database=app             | jdbc:sqlserver://localhost:9930;databaseName={app}
        sqlserver://u:pw@db/SQLEXPRESS?database=app              | jdbc:sqlserver://db;databaseName={app}
        jdbc:sqlserver://db:1433;databaseName=app;user=u;password={pw};encrypt=true | jdbc:sqlserver://db:1433;databaseName={app}
        server=db,1434;user id=u;password=pw;database=my app     | jdbc:sqlserver://db:1434;databaseName={my app}
        Data Source=db\\SQLEXPRESS;UID=u;PWD=pw;Initial Catalog=app | jdbc:sqlserver://db;databaseName={app}
        server=.;port=1435;user id=u;password=pw;database=app    | jdbc:sqlserver://localhost:1435;databaseName={app}
        """)
    void sqlserverIsRead(String dsn, String url) {
        DatabaseConfig config = DatabaseConfig.of("mssql", dsn);
        assertThat(config.dialect()).isEqualTo(Dialect.SQLSERVER);
        assertThat(config.url()).isEqualTo(url);
        assertThat(config.user()).contains("u");
        assertThat(config.password()).contains("pw");
        assertThat(config.toString() + config.place()).doesNotContain("pw");
    }

    @Test
    void sqlserversParametersAreTranslated() {
        assertThat(DatabaseConfig.of(
                                "sqlserver://db/X?database=app&encrypt=disable&TrustServerCertificate=true&dial%20timeout=3")
                        .parameters())
                .isEqualTo(Map.of(
                        "instanceName",
                        "X",
                        "encrypt",
                        "false",
                        "trustServerCertificate",
                        "true",
                        "loginTimeout",
                        "3"));
        assertThat(DatabaseConfig.of("sqlserver", "server=db;database=app;user=u;password={a;}}b=}")
                        .password())
                .contains("a;}b=");
    }

    @Test
    void timeoutsReachEachDriverInItsWordsAndUnit() {
        PoolOptions pool = PoolOptions.DEFAULT.withConnectTimeout(Duration.ofSeconds(3));
        Duration answer = Duration.ofSeconds(9);
        DatabaseConfig mysql = DatabaseConfig.of("mysql://db/app").withPool(pool);
        assertThat(MySqlEngine.INSTANCE.properties(mysql, answer))
                .containsEntry("connectTimeout", "3000")
                .containsEntry("socketTimeout", "9000")
                .containsEntry("tcpKeepAlive", "true");
        DatabaseConfig sqlserver =
                DatabaseConfig.of("sqlserver://db?database=app").withPool(pool);
        assertThat(SqlServerEngine.INSTANCE.properties(sqlserver, answer))
                .containsEntry("loginTimeout", "3")
                .containsEntry("socketTimeout", "9000");
        assertThat(SqlServerEngine.INSTANCE.onConnect(sqlserver, answer)).contains("set lock_timeout 7500");
        DatabaseConfig postgresql = DatabaseConfig.of("postgresql://db/app").withPool(pool);
        assertThat(PostgresEngine.INSTANCE.properties(postgresql, answer))
                .containsEntry("connectTimeout", "3")
                .containsEntry("loginTimeout", "3")
                .containsEntry("socketTimeout", "9");
    }

    @Test
    void tlsIsSaidInEachDriversWords() {
        Path file = Path.of("ca.pem");
        DatabaseConfig postgresql = DatabaseConfig.of("postgresql://db/app?sslmode=disable");
        assertThat(postgresql.withTls(Tls.verifiedBy(file)).parameters())
                .isEqualTo(Map.of("sslmode", "verify-full", "sslrootcert", "ca.pem"));
        assertThat(postgresql.withTls(Tls.of(Tls.Mode.ENCRYPTED)).parameters()).isEqualTo(Map.of("sslmode", "require"));
        DatabaseConfig mysql = DatabaseConfig.of("mysql://db/app");
        assertThat(mysql.withTls(Tls.verifiedBy(file)).parameters())
                .isEqualTo(Map.of("sslMode", "verify-full", "serverSslCert", "ca.pem"));
        assertThat(mysql.withTls(Tls.of(Tls.Mode.UNENCRYPTED)).parameters()).isEqualTo(Map.of("sslMode", "disable"));
        DatabaseConfig sqlserver = DatabaseConfig.of("sqlserver://db?database=app");
        assertThat(sqlserver.withTls(Tls.of(Tls.Mode.ENCRYPTED)).parameters())
                .isEqualTo(Map.of("encrypt", "true", "trustServerCertificate", "true"));
        assertThat(sqlserver.withTls(Tls.of(Tls.Mode.VERIFIED)).parameters())
                .isEqualTo(Map.of("encrypt", "true", "trustServerCertificate", "false"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseConfig.of("sqlite:x.db").withTls(Tls.of(Tls.Mode.UNENCRYPTED)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Tls(Tls.Mode.ENCRYPTED, Optional.of(file)));
    }

    /** The driver of SQL Server is not on the class path of this module's tests. */
    @Test
    void missingDriverIsNamed() {
        assertThatExceptionOfType(DatabaseException.class)
                .isThrownBy(() -> Database.open(DatabaseConfig.of("sqlserver://db?database=app")))
                .withMessageContaining("com.microsoft.sqlserver:mssql-jdbc");
    }
}
