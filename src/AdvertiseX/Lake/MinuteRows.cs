namespace AdvertiseX.Lake;

/// <summary>The rows of some files whose event time lies in one minute of their date.</summary>
/// <param name="Minute">Minute of the date, 0 to 1439.</param>
/// <param name="Rows">How many there are.</param>
/// <param name="Least">Least event time, microseconds since 1970.</param>
/// <param name="Greatest">Greatest event time.</param>
internal readonly record struct MinuteRows(int Minute, long Rows, long Least, long Greatest);
