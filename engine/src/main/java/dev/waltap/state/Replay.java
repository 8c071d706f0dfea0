package dev.waltap.state;

/** Is told the journal, one transaction after the other, in order. */
public interface Replay {

  /**
   * A transaction begins.
   *
   * @param acknowledged whether its changes were delivered: it moves the page set and is not told
   */
  void begin(JournalEntry entry, boolean acknowledged);

  /** A page of it; the array is the receiver's from here on. */
  void page(int pageNumber, byte[] image);

  /** The transaction is whole. */
  void end();
}
