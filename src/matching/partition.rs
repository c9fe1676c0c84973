//! Links to the consoles of other partitions: China, `GovCloud`, the European Sovereign Cloud and the ISO regions.

/// The console's host name in rule links.
const HOST: &str = ".console.aws.amazon.com/";

/// Region prefixes of each partition, with the domain of its console.
const PARTITIONS: [(&str, &str); 5] = [
    ("cn-", "console.amazonaws.cn"),
    ("eusc-", "console.amazonaws-eusc.eu"),
    ("us-gov-", "console.amazonaws-us-gov.com"),
    ("us-iso-", "console.c2shome.ic.gov"),
    ("us-isob-", "console.sc2shome.sgov.gov"),
];

/// Adapts a link to the console of the region's partition. In other partitions, every service uses the region's host
/// name.
pub(super) fn link(url: String, region: Option<&str>) -> String {
    let partition = region.and_then(|region| {
        let domain = PARTITIONS.iter().find(|(start, _)| region.starts_with(start))?.1;
        Some((region, domain))
    });
    match (partition, url.split_once(HOST)) {
        (Some((region, domain)), Some((_, path))) => format!("https://{region}.{domain}/{path}"),
        _ => url,
    }
}

#[cfg(test)]
mod tests {
    use super::link;

    #[test]
    fn links_use_console_domain_of_partition() {
        let ec2 = |region: &str| {
            link(format!("https://{region}.console.aws.amazon.com/ec2/home?region={region}#Instances:"), Some(region))
        };
        assert_eq!(ec2("eu-west-1"), "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:");
        assert_eq!(ec2("cn-north-1"), "https://cn-north-1.console.amazonaws.cn/ec2/home?region=cn-north-1#Instances:");
        assert_eq!(
            ec2("us-gov-west-1"),
            "https://us-gov-west-1.console.amazonaws-us-gov.com/ec2/home?region=us-gov-west-1#Instances:"
        );
        let s3 = "https://s3.console.aws.amazon.com/s3/buckets?region=cn-north-1".to_owned();
        assert_eq!(
            link(s3, Some("cn-north-1")),
            "https://cn-north-1.console.amazonaws.cn/s3/buckets?region=cn-north-1"
        );
        assert_eq!(link("https://example.com/x".to_owned(), Some("cn-north-1")), "https://example.com/x");
    }
}
