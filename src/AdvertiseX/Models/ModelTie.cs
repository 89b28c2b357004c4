namespace AdvertiseX.Models;

/// <summary>Two columns whose equal values make a computed row depend on a row of an input.</summary>
/// <param name="RowColumn">Column of the rows that are computed.</param>
/// <param name="InputColumn">Column of the input.</param>
/// <param name="InTime">Only rows within the input's look-back; a tie by id holds at any distance.</param>
/// <param name="Through">
/// Of a model of chains: <paramref name="RowColumn"/> is a column of the input, and the rows of this other input where
/// <paramref name="InputColumn"/> equals it have the key. Null: the input has the key itself.
/// </param>
/// <param name="Window">Of a tie in time: how long, where that is other than the input's look-back.</param>
/// <param name="Also">Of a tie in time: a column of both that must be equal as well; a row without a value in it may be
/// tied to any.</param>
internal readonly record struct ModelTie(
    string RowColumn,
    string InputColumn,
    bool InTime,
    string? Through = null,
    ModelWindow? Window = null,
    string? Also = null
);
