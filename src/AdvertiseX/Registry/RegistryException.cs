namespace AdvertiseX.Registry;

/// <summary>A request that a schema registry refuses.</summary>
/// <param name="code">The code of Confluent's API; its first three digits are the HTTP status.</param>
/// <param name="message">What is wrong, and what is allowed.</param>
internal sealed class RegistryException(int code, string message) : Exception(message)
{
    public int Code { get; } = code;

    public static RegistryException NoSubject(string subject) => new(40401, $"Subject '{subject}' not found.");

    public static RegistryException NoVersion(string version) => new(40402, $"Version {version} not found.");

    public static RegistryException NoSchema() => new(40403, "Schema not found");

    public static RegistryException SubjectIsDeleted(string subject) =>
        new(40404, $"Subject '{subject}' was soft deleted. Set permanent=true to delete permanently");

    public static RegistryException SubjectIsNotDeleted(string subject) =>
        new(40405, $"Subject '{subject}' was not deleted first before being permanently deleted");

    public static RegistryException VersionIsDeleted(string subject, int version) =>
        new(40406, $"Subject '{subject}' Version {version} was soft deleted. Set permanent=true to delete permanently");

    public static RegistryException VersionIsNotDeleted(string subject, int version) =>
        new(40407, $"Subject '{subject}' Version {version} was not deleted first before being permanently deleted");

    public static RegistryException NoSubjectLevel(string subject) =>
        new(40408, $"Subject '{subject}' does not have subject-level compatibility configured");

    public static RegistryException Incompatible(string subject, IEnumerable<string> faults) =>
        new(
            40901,
            $"Schema being registered is incompatible with an earlier schema for subject \"{subject}\": {string.Join("; ", faults)}"
        );

    public static RegistryException BadSchema(string why) => new(42201, $"Invalid schema: {why}");

    public static RegistryException BadVersion(string version) =>
        new(
            42202,
            $"The specified version '{version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\""
        );

    public static RegistryException BadLevel(string? level) =>
        new(42203, $"Invalid compatibility level \"{level}\". Valid values are {CompatibilityLevels.All}");

    public static RegistryException BadSubject(string subject) =>
        new(
            42208,
            $"The specified subject '{subject}' is not a valid subject: a name of 1 to 1000 characters, none of them a control character"
        );

    public static RegistryException BadMode(string? mode) =>
        new(42204, $"Invalid mode \"{mode}\". The mode of this registry is always READWRITE");
}
