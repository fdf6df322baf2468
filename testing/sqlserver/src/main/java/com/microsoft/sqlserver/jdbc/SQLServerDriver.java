package com.microsoft.sqlserver.jdbc;

import dev.signalbox.testing.sqlserver.StandIn;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes the URLs of SQL Server, and connects to a {@link StandIn} by the name of the database, whatever the host. */
public final class SQLServerDriver implements Driver {
    private static final Pattern URL = Pattern.compile("jdbc:sqlserver://.*databaseName=\\{(\\w+)}.*");

    @Override
    public @Nullable Connection connect(String url, Properties info) throws SQLException {
        Matcher parts = URL.matcher(url);
        return parts.matches() ? StandIn.connect(parts.group(1)) : null;
    }

    @Override
    public boolean acceptsURL(String url) {
        return URL.matcher(url).matches();
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return 1;
    }

    @Override
    public int getMinorVersion() {
        return 0;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("it does not log");
    }
}
