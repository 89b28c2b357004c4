namespace AdvertiseX.Reports.Explaining;

/// <summary>Rows of one table that a sum of a cell counts.</summary>
/// <param name="Measure">The sum.</param>
/// <param name="Table">Name of the table.</param>
/// <param name="What">Which of its rows.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Amount">What they bring, money in micros; null where no row says.</param>
internal sealed record CellSource(string Measure, string Table, string What, long Rows, long? Amount);
