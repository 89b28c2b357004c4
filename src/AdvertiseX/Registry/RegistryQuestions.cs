using System.Globalization;

namespace AdvertiseX.Registry;

/// <summary>Questions to a state that are answered with a refusal where there is nothing.</summary>
internal static class RegistryQuestions
{
    /// <summary>A version of a subject.</summary>
    /// <param name="state">The registry.</param>
    /// <param name="subject">The subject.</param>
    /// <param name="version">A number, or latest, or -1 for the same.</param>
    /// <param name="deleted">Whether it may be a deleted one.</param>
    /// <exception cref="RegistryException">40401, 40402: there is none; 42202: not a version.</exception>
    public static SubjectVersion VersionOf(
        this RegistryState state,
        string subject,
        string version,
        bool deleted = false
    )
    {
        var number = NumberOf(version);
        var versions = state.VersionsOf(subject, deleted).ToList();
        if (versions.Count == 0)
            throw RegistryException.NoSubject(subject);
        return (number is null ? versions[^1] : versions.Find(each => each.Version == number))
            ?? throw RegistryException.NoVersion(version);
    }

    /// <summary>Faults of a schema as the next version of a subject, at the subject's level; none if it may be
    /// that.</summary>
    /// <param name="state">The registry.</param>
    /// <param name="subject">The subject; one that is not there takes any schema.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="version">The version to compare it with, a number or latest; null for those that the level
    /// names.</param>
    /// <exception cref="RegistryException">40402: there is no version of that number; 42202: not a version.</exception>
    public static IReadOnlyList<string> FaultsOf(
        this RegistryState state,
        string subject,
        SubmittedSchema schema,
        string? version = null
    )
    {
        var level = state.LevelOf(subject);
        var earlier = state.VersionsOf(subject).Reverse();
        if (version is not null && NumberOf(version) is { } number)
        {
            earlier = earlier.Where(each => each.Version == number).ToList();
            if (!earlier.Any())
                throw RegistryException.NoVersion(version);
        }
        else if (version is not null || !level.IsTransitive())
        {
            earlier = earlier.Take(1);
        }

        return SchemaCompatibility.Faults(level, schema.Avro, earlier);
    }

    /// <summary>Null for the latest.</summary>
    private static int? NumberOf(string version)
    {
        if (version is "latest" or "-1")
            return null;
        return int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw RegistryException.BadVersion(version);
    }
}
