package dev.signalbox.testing.sqlserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StandInTest {
    private static final String TABLE = """
            create table t (
                id     binary(2)     not null primary key nonclustered,
                name   nvarchar(200) collate Latin1_General_100_BIN2,
                freed  bigint,
                length as (datalength(name)) persisted
            )""";

    private static final String INSERT = "insert into t (id, name) values (?, ?)";

    private static final String PASSING_OVER =
            "begin try " + INSERT + "; end try begin catch if error_number() not in (2601, 2627) throw; end catch";

    private final String name = "t" + UUID.randomUUID().toString().replace("-", "");
    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        connection = StandIn.connect(name);
        execute(TABLE);
        execute("create unique index t_name on t (name, length) where name is not null and freed is null");
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private int insert(String sql, int id, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setBytes(1, new byte[] {0, (byte) id});
            statement.setString(2, name);
            return statement.executeUpdate();
        }
    }

    private int count(String condition) throws SQLException {
        try (Statement statement = connection.createStatement();
                var row = statement.executeQuery("select count(*) from t where " + condition)) {
            row.next();
            return row.getInt(1);
        }
    }

    @Test
    void rowThatIsThereIsPassedOver() throws SQLException {
        assertThat(insert(PASSING_OVER, 1, "a")).isEqualTo(1);
        assertThat(insert(PASSING_OVER, 1, "b")).isZero();
        assertThat(insert(PASSING_OVER, 2, "a")).isZero();
        assertThat(insert(PASSING_OVER, 2, "a ")).isEqualTo(1);
    }

    @Test
    void keyIsUniqueWhereItsConditionHolds() throws SQLException {
        insert(INSERT, 1, "a");
        assertThatThrownBy(() -> insert(INSERT, 2, "a"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(2_627));
        execute("update t set freed = 1");
        insert(INSERT, 2, "a");
        assertThat(count("name = 'a'")).isEqualTo(2);
    }

    @Test
    void lockedRowIsPassedOver() throws SQLException {
        insert(INSERT, 1, "a");
        insert(INSERT, 2, "b");
        connection.setAutoCommit(false);
        execute("select id from t with (updlock, rowlock) where name = 'a'");
        try (Connection other = StandIn.connect(name);
                Statement statement = other.createStatement();
                var row = statement.executeQuery(
                        "select name from t with (updlock, rowlock, readpast, readcommittedlock) order by id")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("b");
            assertThat(row.next()).isFalse();
        }
    }

    @Test
    void scriptMayHaveCommentsAndWhatOnlySqlServerHas() throws SQLException {
        execute("-- Many locks\n-- must not become one.\nalter table t set (lock_escalation = disable)");
        assertThat(count("1 = 1")).isZero();
    }

    @Test
    void tableThatIsThereIsNotMadeAgain() throws SQLException {
        String table = """
                -- Made once.
                if object_id('u') is null
                create table u (
                    id int not null primary key,
                    at bigint not null, -- when
                    index u_at (at)
                );
                """;
        execute(table);
        execute("insert into u (id, at) values (1, 2)");
        execute(table);
        assertThat(count("exists (select 1 from u where at = 2)")).isZero();
        insert(INSERT, 1, "a");
        assertThat(count("exists (select 1 from u where at = 2)")).isEqualTo(1);
    }

    @Test
    void itSaysThatItIsSqlServer() throws SQLException {
        try (Connection another = StandIn.dataSource(name).getConnection()) {
            assertThat(another.getMetaData().getDatabaseProductName()).isEqualTo("Microsoft SQL Server");
        }
    }

    @Test
    void textIsFoundInAnyCase() throws SQLException {
        insert(INSERT, 1, "Hello");
        assertThat(count("name collate Latin1_General_100_CI_AS like '%hELL%' escape '!'"))
                .isEqualTo(1);
        assertThat(count("name like '%hELL%' escape '!'")).isZero();
    }

    @Test
    void driverOfTheNameTakesItsUrls() throws Exception {
        Class.forName("com.microsoft.sqlserver.jdbc.SQLServerDriver")
                .asSubclass(Driver.class)
                .getDeclaredConstructor()
                .newInstance()
                .connect("jdbc:sqlserver://stand-in;databaseName={" + name + "}", new Properties())
                .close();
        assertThatThrownBy(() -> DriverManager.getConnection("jdbc:sqlserver://stand-in;databaseName={x}"))
                .as("it is not registered, so that it is in nobody's way")
                .isInstanceOf(SQLException.class);
    }
}
