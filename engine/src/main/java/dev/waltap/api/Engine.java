package dev.waltap.api;

/**
 * Runs a capture. Each of the three modes blocks its caller until it is done, closed or failed, and
 * calls the handler on the caller's thread; an instance runs one of them once.
 */
public interface Engine extends AutoCloseable {

  /**
   * Delivers changes only: from the saved position if there is one, else from now, until closed.
   *
   * @throws CaptureException if the database is refused, the handler threw or capture failed
   */
  void cdc();

  /**
   * Delivers every existing row of one consistent snapshot.
   *
   * @throws CaptureException if the database is refused, the handler threw or capture failed
   */
  void bootstrap();

  /**
   * Delivers the snapshot, then every change after exactly that snapshot, until closed; goes on
   * from a saved position if there is one.
   *
   * @throws CaptureException if the database is refused, the handler threw or capture failed
   */
  void bootstrapAndCdc();

  /**
   * Ends the capture in order: the batch in hand is finished and saved. Works from any thread, at
   * any time, any number of times; called from the handler it returns at once, else when the
   * capture has ended.
   */
  @Override
  void close();
}
