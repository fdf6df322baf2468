/** H2 in the place of SQL Server: shows that our SQL is read and does what it should, and nothing of SQL Server's locks or plans. */
@NullMarked
package dev.signalbox.testing.sqlserver;

import org.jspecify.annotations.NullMarked;
