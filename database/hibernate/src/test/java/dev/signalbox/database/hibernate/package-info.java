@NullMarked
package dev.signalbox.database.hibernate;

import org.jspecify.annotations.NullMarked;
