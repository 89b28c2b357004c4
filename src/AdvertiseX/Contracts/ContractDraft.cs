using AdvertiseX.Events;

namespace AdvertiseX.Contracts;

/// <summary>
/// A contract proposed from a sample: known spellings first, then spellings that differ little, then words and the
/// shape of values. What is left is named, and stays in <c>extra</c>. Immutable.
/// </summary>
internal sealed class ContractDraft
{
    private ContractDraft(
        Contract shipped,
        IReadOnlyList<DraftField> fields,
        IReadOnlyList<SampledField> left,
        DateOnly? fileDate
    )
    {
        Shipped = shipped;
        Fields = fields;
        Unmapped = left;
        TimeFromFile = fields.Any(field => field.Field == "event_time") ? null : fileDate;
        Contract = ToContract();
    }

    /// <summary>The shipped contract that it started from.</summary>
    public Contract Shipped { get; }

    /// <summary>The draft.</summary>
    public Contract Contract { get; }

    /// <summary>What is mapped, and why.</summary>
    public IReadOnlyList<DraftField> Fields { get; }

    /// <summary>Fields of the sample that nothing suggests a column for.</summary>
    public IReadOnlyList<SampledField> Unmapped { get; }

    /// <summary>The date in the sample's name that stands in for a time, as no field of it looks like one; else
    /// null.</summary>
    public DateOnly? TimeFromFile { get; }

    /// <summary>Whether every row can get its time and the shipped contract's required fields.</summary>
    public bool IsComplete =>
        Contract.Fields.ContainsKey("event_time")
        && Shipped.Required.Values.SelectMany(groups => groups).All(group => group.Any(Contract.Fields.ContainsKey))
        && (Shipped.Feed != Feed.ClicksConversions || Contract.Fields.ContainsKey(ContractFields.Kind));

    /// <summary>Drafts a contract for a feed.</summary>
    /// <param name="sample">Fields of the sample; at least one.</param>
    /// <param name="shipped">The shipped contract of the feed.</param>
    /// <param name="fileDate">The date that the sample's name tells, or null.</param>
    public static ContractDraft Infer(IReadOnlyList<SampledField> sample, Contract shipped, DateOnly? fileDate = null)
    {
        var left = Whole(sample, shipped);
        var fields = new List<DraftField>();
        foreach (var (field, mapping) in shipped.Fields)
            TakeSpelled(field, mapping, left, fields);
        foreach (var (field, mapping) in shipped.Fields)
            TakeSimilar(field, mapping, left, fields);
        TakeGuessed(shipped.Feed, left, fields);
        var order = shipped.Fields.Keys.ToList();
        fields.Sort((one, other) => order.IndexOf(one.Field).CompareTo(order.IndexOf(other.Field)));
        return new ContractDraft(shipped, fields, left, fileDate);
    }

    /// <summary>The feed whose shipped contract finds most of its fields in the sample; null when two find as
    /// many.</summary>
    public static Feed? LikelyFeed(IReadOnlyList<SampledField> sample, IReadOnlyList<CompiledContract> shipped)
    {
        var scores = shipped
            .Select(contract => (contract.Feed, Score: ScoreOf(sample, contract.Source)))
            .OrderByDescending(each => each.Score)
            .ToList();
        return scores[0].Score > scores[1].Score ? scores[0].Feed : null;
    }

    // A column that takes an object whole takes it from its own path, not from its members.
    private static List<SampledField> Whole(IReadOnlyList<SampledField> sample, Contract shipped)
    {
        var left = sample.ToList();
        if (!shipped.Fields.TryGetValue("targeting", out var targeting))
            return left;
        foreach (var spelling in targeting.From)
        {
            var members = left.Where(source => IsBelow(source.Path, spelling)).ToList();
            if (members.Count == 0)
                continue;
            left.RemoveAll(members.Contains);
            left.Add(new SampledField(members[0].Path[..spelling.Length], ["{…}"]));
        }

        return left;
    }

    private static int ScoreOf(IReadOnlyList<SampledField> sample, Contract shipped)
    {
        // What a feed must not have counts against it as much as several fields speak for it.
        var foreign = sample.Count(field => shipped.Recognise.Lacks.Contains(FieldNode.Fold(field.Path)));
        return Infer(sample, shipped).Fields.Count(field => field.Basis != DraftBasis.Guessed) - (4 * foreign);
    }

    private static void TakeSpelled(
        string field,
        FieldMapping mapping,
        List<SampledField> left,
        List<DraftField> fields
    )
    {
        var found = new List<SampledField>();
        foreach (var spelling in mapping.From)
        {
            var at = left.FindIndex(source =>
                FieldNode.Fold(source.Path) == FieldNode.Fold(spelling) && CanFeed(source)
            );
            if (at < 0)
                continue;
            found.Add(left[at]);
            left.RemoveAt(at);
        }

        if (found.Count > 0)
            fields.Add(new DraftField(field, found, DraftBasis.Spelled, mapping.Unit));
    }

    private static void TakeSimilar(
        string field,
        FieldMapping mapping,
        List<SampledField> left,
        List<DraftField> fields
    )
    {
        if (fields.Any(taken => taken.Field == field))
            return;
        var spellings = mapping.From.Select(spelling => new SampledField(spelling, [])).ToList();
        var at = left.FindIndex(source => CanFeed(source) && spellings.Any(spelling => spelling.Bare == source.Bare));
        // Nested one level deeper than anyone wrote down; a bare "id" or "type" says too little for that.
        if (at < 0)
            at = left.FindIndex(source =>
                CanFeed(source)
                && source.BareName.Length > 4
                && spellings.Any(spelling => spelling.Bare == source.BareName)
            );
        if (at < 0)
            return;
        fields.Add(new DraftField(field, [left[at]], DraftBasis.Similar, mapping.Unit));
        left.RemoveAt(at);
    }

    private static void TakeGuessed(Feed feed, List<SampledField> left, List<DraftField> fields)
    {
        foreach (var source in left.ToList())
        {
            var field = FieldHints
                .For(feed, source)
                .FirstOrDefault(candidate => fields.All(taken => taken.Field != candidate));
            if (field is null)
                continue;
            var unit = field.EndsWith("_micros", StringComparison.Ordinal)
                ? FieldHints.UnitOf(source)
                    ?? (field.Contains("_cpm_", StringComparison.Ordinal) ? "per_mille" : "per_event")
                : null;
            fields.Add(new DraftField(field, [source], DraftBasis.Guessed, unit));
            left.Remove(source);
        }
    }

    // An object is no value of a column; its members stand in the sample beside it.
    private static bool CanFeed(SampledField source) =>
        source.Shape != ValueShape.Nested || source.BareName.StartsWith("targeting", StringComparison.Ordinal);

    private Contract ToContract() =>
        new()
        {
            Name = "my-" + FeedNames.Of(Shipped.Feed).Replace('_', '-'),
            Feed = Shipped.Feed,
            Recognise = new Recognition { Has = [.. Recognising().Select(field => new[] { field })] },
            Kind = Shipped.Kind,
            Explode = Fields.Any(field => field.Sources.Any(source => IsBelow(source.Path, Shipped.Explode)))
                ? Shipped.Explode
                : null,
            Fields = Mappings().ToDictionary(field => field.Name, field => field.Mapping),
            Required = Shipped
                .Required.Select(table =>
                    (
                        table.Key,
                        Groups: (IReadOnlyList<IReadOnlyList<string>>)
                            [
                                .. table
                                    .Value.Select(group =>
                                        (IReadOnlyList<string>)
                                            [.. group.Where(name => Fields.Any(field => field.Field == name))]
                                    )
                                    .Where(group => group.Count > 0),
                            ]
                    )
                )
                .Where(table => table.Groups.Count > 0)
                .ToDictionary(table => table.Key, table => table.Groups),
        };

    private IEnumerable<(string Name, FieldMapping Mapping)> Mappings()
    {
        if (TimeFromFile is not null)
            yield return ("event_time", new FieldMapping { Fallback = [TimeFallbacks.FileDate] });
        foreach (var field in Fields)
            yield return (
                field.Field,
                new FieldMapping { From = [.. field.Sources.Select(source => source.Path)], Unit = field.Unit }
            );
    }

    // A few fields that tell the file from those of other feeds: its time, and what the shipped contract looks for.
    private IEnumerable<string> Recognising() =>
        Shipped
            .Recognise.Has.Select(group => group.FirstOrDefault(name => Fields.Any(field => field.Field == name)))
            .OfType<string>()
            .Distinct();

    private static bool IsBelow(string path, string? parent) =>
        parent is not null && FieldNode.Fold(path).StartsWith(parent + ".", StringComparison.Ordinal);
}
