"""`python -m cloudtrail_cartographer`"""

from . import main

main()
