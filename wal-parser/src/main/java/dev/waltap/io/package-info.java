/** Files opened, mapped and closed without ever dropping a lock that SQLite holds. */
@NullMarked
package dev.waltap.io;

import org.jspecify.annotations.NullMarked;
