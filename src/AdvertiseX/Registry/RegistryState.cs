using System.Collections.Immutable;

namespace AdvertiseX.Registry;

/// <summary>What the changes of a log come to. Immutable.</summary>
internal sealed record RegistryState
{
    public static readonly RegistryState Empty = new();

    /// <summary>How many changes it comes from: the number of the last.</summary>
    public long Changes { get; private init; }

    /// <summary>Subjects and their versions, deleted ones too, in order.</summary>
    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<int, SubjectVersion>> Subjects
    {
        get;
        private init;
    } =
        ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<int, SubjectVersion>>(
            StringComparer.Ordinal
        );

    /// <summary>Schemas of all versions by their ids.</summary>
    public ImmutableSortedDictionary<int, RegisteredSchema> Schemas { get; private init; } =
        ImmutableSortedDictionary<int, RegisteredSchema>.Empty;

    /// <summary>The highest id that a schema ever had.</summary>
    public int LastId { get; private init; }

    /// <summary>The level of subjects that have none of their own.</summary>
    public CompatibilityLevel Level { get; private init; } = CompatibilityLevels.Default;

    private ImmutableDictionary<string, RegisteredSchema> ByForm { get; init; } =
        ImmutableDictionary.Create<string, RegisteredSchema>(StringComparer.Ordinal);

    private ImmutableDictionary<string, CompatibilityLevel> Levels { get; init; } =
        ImmutableDictionary.Create<string, CompatibilityLevel>(StringComparer.Ordinal);

    /// <summary>The level that was set for a subject; null if none was.</summary>
    public CompatibilityLevel? OwnLevelOf(string subject) => Levels.TryGetValue(subject, out var level) ? level : null;

    public CompatibilityLevel LevelOf(string subject) => OwnLevelOf(subject) ?? Level;

    /// <summary>Versions of a subject in order; none if there is no such subject.</summary>
    public IEnumerable<SubjectVersion> VersionsOf(string subject, bool deleted = false) =>
        Subjects.TryGetValue(subject, out var versions)
            ? versions.Values.Where(version => deleted || !version.IsDeleted)
            : [];

    /// <summary>The schema of a form, whatever its subjects; null if it has no id.</summary>
    public RegisteredSchema? Find(string form) => ByForm.GetValueOrDefault(form);

    /// <summary>The latest version of a subject that has the form; null if none has.</summary>
    public SubjectVersion? Find(string subject, string form, bool deleted = false) =>
        VersionsOf(subject, deleted).LastOrDefault(version => version.Schema.Form == form);

    /// <summary>The state after one more change.</summary>
    public RegistryState After(RegistryChange change) =>
        change.Kind switch
        {
            RegistryChangeKind.Register => Registered(change),
            RegistryChangeKind.Delete => Deleted(change),
            _ => change.Subject is { } subject
                ? this with
                {
                    Levels = change.Level is { } own ? Levels.SetItem(subject, own) : Levels.Remove(subject),
                }
                : this with
                {
                    Level = change.Level ?? CompatibilityLevels.Default,
                },
        } with
        {
            Changes = Changes + 1,
        };

    private RegistryState Registered(RegistryChange change)
    {
        var schema =
            Schemas.GetValueOrDefault(change.Id!.Value)
            ?? new(change.Id.Value, change.Schema!, SubmittedSchema.FormOfStored(change.Schema!));
        var version = new SubjectVersion(change.Subject!, change.Version!.Value, schema, IsDeleted: false);
        var versions =
            Subjects.GetValueOrDefault(version.Subject) ?? ImmutableSortedDictionary<int, SubjectVersion>.Empty;
        return this with
        {
            LastId = Math.Max(LastId, schema.Id),
            Schemas = Schemas.SetItem(schema.Id, schema),
            ByForm = ByForm.SetItem(schema.Form, schema),
            Subjects = Subjects.SetItem(version.Subject, versions.SetItem(version.Version, version)),
        };
    }

    private RegistryState Deleted(RegistryChange change)
    {
        var subject = change.Subject!;
        var gone = VersionsOf(subject, deleted: true)
            .Where(version => change.Version is null || version.Version == change.Version)
            .ToList();
        if (!Subjects.TryGetValue(subject, out var versions))
            return this;
        versions =
            change.Permanent == true
                ? versions.RemoveRange(gone.Select(version => version.Version))
                : versions.SetItems(
                    gone.Select(version => KeyValuePair.Create(version.Version, version with { IsDeleted = true }))
                );
        var left = this with
        {
            Subjects = versions.IsEmpty ? Subjects.Remove(subject) : Subjects.SetItem(subject, versions),
            // A subject that is deleted and made anew begins without a level of its own.
            Levels = versions.Values.All(version => version.IsDeleted) ? Levels.Remove(subject) : Levels,
        };
        return left.WithoutUnused(gone.Select(version => version.Schema));
    }

    private RegistryState WithoutUnused(IEnumerable<RegisteredSchema> candidates)
    {
        var used = Subjects.Values.SelectMany(each => each.Values).Select(each => each.Schema.Id).ToHashSet();
        var unused = candidates.Where(schema => !used.Contains(schema.Id)).ToList();
        return this with
        {
            Schemas = Schemas.RemoveRange(unused.Select(schema => schema.Id)),
            ByForm = ByForm.RemoveRange(unused.Select(schema => schema.Form)),
        };
    }
}
