using AdvertiseX.Events;

namespace AdvertiseX.Contracts;

/// <summary>
/// How a feed's own field names map to canonical columns; the JSON form is described in <c>contracts/README.md</c>.
/// Read and checked by <see cref="ContractFile"/>, made ready by <see cref="CompiledContract.Compile"/>.
/// </summary>
internal sealed record Contract
{
    /// <summary>Name that rejects carry; letters, digits, '-', '_' and '.'.</summary>
    public required string Name { get; init; }

    public required Feed Feed { get; init; }

    /// <summary>Canonical field to where it comes from.</summary>
    public required IReadOnlyDictionary<string, FieldMapping> Fields { get; init; }

    /// <summary>How content is recognised as this feed when nobody names one.</summary>
    public Recognition Recognise { get; init; } = new();

    /// <summary>IANA zone of times that carry none. Default UTC.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>Texts that mean absent, any case, besides the empty one.</summary>
    public IReadOnlyList<string> NullValues { get; init; } = ["unknown", "null", "none", "undefined", "n/a", "(null)"];

    /// <summary>How clicks, conversions and neither are told apart; only for clicks and conversions.</summary>
    public KindRule? Kind { get; init; }

    /// <summary>Groups of canonical fields of which each row needs at least one, by table name; the time is always
    /// needed.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<string>>> Required { get; init; } =
        new Dictionary<string, IReadOnlyList<IReadOnlyList<string>>>();

    /// <summary>Only records for which all of these hold are taken; the others are counted as filtered.</summary>
    public IReadOnlyList<Condition> Where { get; init; } = [];

    /// <summary>Whether conversions are sent by a server, so that their agent and address are not the user's and are
    /// not judged.</summary>
    public bool ConversionsFromServer { get; init; }

    /// <summary>Dotted source path of an array each of whose elements makes a row (<c>imp</c> in OpenRTB).</summary>
    public string? Explode { get; init; }

    /// <summary>Column names, in order, of CSV without a header line; null = there is a header.</summary>
    public IReadOnlyList<string>? CsvColumns { get; init; }
}
